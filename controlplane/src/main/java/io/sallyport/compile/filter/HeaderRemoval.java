package io.sallyport.compile.filter;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import io.envoyproxy.envoy.config.common.mutation_rules.v3.MutationRulesProto;
import io.envoyproxy.envoy.extensions.filters.http.header_mutation.v3.HeaderMutationProto;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import io.envoyproxy.envoy.type.matcher.v3.StringProto;
import java.util.List;

/// The header mutation filter that removes headers by a matcher of their names
/// (`HeaderMutation.remove_on_match`). Every Envoy that is supported knows it, since 1.36, but the
/// generated classes are older; so the two files are read with that field added. With it, a header
/// that some later Envoy invents is removed as well; a list of names would let it through.
public final class HeaderRemoval {
  private static final String FILTER = "HeaderMutation";
  private static final String MUTATION = "HeaderMutation";
  private static final String REMOVE_ON_MATCH = "remove_on_match";
  private static final String KEY_MATCHER = "key_matcher";

  /// `envoy.extensions.filters.http.header_mutation.v3.HeaderMutation`, with the field.
  public static final Descriptor DESCRIPTOR = filterFile().findMessageTypeByName(FILTER);

  private HeaderRemoval() {}

  static Message filter(List<StringMatcher> ofRequests, List<StringMatcher> ofResponses) {
    Descriptor mutations = DESCRIPTOR.findFieldByName("mutations").getMessageType();
    DynamicMessage.Builder lists = DynamicMessage.newBuilder(mutations);
    for (StringMatcher name : ofRequests) {
      lists.addRepeatedField(mutations.findFieldByName("request_mutations"), remove(name));
    }
    for (StringMatcher name : ofResponses) {
      lists.addRepeatedField(mutations.findFieldByName("response_mutations"), remove(name));
    }
    return DynamicMessage.newBuilder(DESCRIPTOR)
        .setField(DESCRIPTOR.findFieldByName("mutations"), lists.build())
        .build();
  }

  private static DynamicMessage remove(StringMatcher name) {
    Descriptor mutation =
        DESCRIPTOR
            .findFieldByName("mutations")
            .getMessageType()
            .findFieldByName("request_mutations")
            .getMessageType();
    Descriptor removal = mutation.findFieldByName(REMOVE_ON_MATCH).getMessageType();
    return DynamicMessage.newBuilder(mutation)
        .setField(
            mutation.findFieldByName(REMOVE_ON_MATCH),
            DynamicMessage.newBuilder(removal)
                .setField(removal.findFieldByName(KEY_MATCHER), name)
                .build())
        .build();
  }

  private static FileDescriptor filterFile() {
    FileDescriptor rules = MutationRulesProto.getDescriptor();
    FileDescriptor filter = HeaderMutationProto.getDescriptor();
    if (rules.findMessageTypeByName(MUTATION).findFieldByName(REMOVE_ON_MATCH) != null) {
      return filter;
    }
    try {
      FileDescriptor amended =
          FileDescriptor.buildFrom(
              withRemoveOnMatch(rules.toProto()), with(rules, StringProto.getDescriptor()));
      return FileDescriptor.buildFrom(
          filter.toProto(),
          filter.getDependencies().stream()
              .map(file -> file.getName().equals(amended.getName()) ? amended : file)
              .toArray(FileDescriptor[]::new));
    } catch (DescriptorValidationException e) {
      throw new IllegalStateException("the amended protos don't fit together", e);
    }
  }

  private static FileDescriptorProto withRemoveOnMatch(FileDescriptorProto file) {
    FileDescriptorProto.Builder amended =
        file.toBuilder().addDependency(StringProto.getDescriptor().getName());
    for (DescriptorProto.Builder message : amended.getMessageTypeBuilderList()) {
      if (message.getName().equals(MUTATION)) {
        message
            .addNestedType(
                DescriptorProto.newBuilder()
                    .setName("RemoveOnMatch")
                    .addField(field(KEY_MATCHER, 1, ".envoy.type.matcher.v3.StringMatcher")))
            .addField(
                field(REMOVE_ON_MATCH, 3, "." + file.getPackage() + ".HeaderMutation.RemoveOnMatch")
                    .setOneofIndex(0));
      }
    }
    return amended.build();
  }

  private static FieldDescriptorProto.Builder field(String name, int number, String type) {
    return FieldDescriptorProto.newBuilder()
        .setName(name)
        .setNumber(number)
        .setLabel(FieldDescriptorProto.Label.LABEL_OPTIONAL)
        .setType(FieldDescriptorProto.Type.TYPE_MESSAGE)
        .setTypeName(type);
  }

  private static FileDescriptor[] with(FileDescriptor file, FileDescriptor dependency) {
    List<FileDescriptor> dependencies = new java.util.ArrayList<>(file.getDependencies());
    dependencies.add(dependency);
    return dependencies.toArray(FileDescriptor[]::new);
  }
}

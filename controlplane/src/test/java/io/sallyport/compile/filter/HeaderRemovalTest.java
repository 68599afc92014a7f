package io.sallyport.compile.filter;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.Message;
import com.google.protobuf.UnknownFieldSet;
import io.envoyproxy.envoy.config.common.mutation_rules.v3.HeaderMutation.ActionCase;
import io.envoyproxy.envoy.extensions.filters.http.header_mutation.v3.HeaderMutation;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import java.util.List;
import org.junit.jupiter.api.Test;

class HeaderRemovalTest {
  private static final StringMatcher NAME = StringMatcher.newBuilder().setPrefix("x-").build();

  @Test
  void writesTheFieldThatNewerEnvoysRead() throws Exception {
    Message filter = HeaderRemoval.filter(List.of(NAME), List.of());

    // the generated classes know all of it but the last step, field 3, a message with a matcher
    HeaderMutation known = HeaderMutation.parseFrom(filter.toByteString());
    UnknownFieldSet mutation = known.getMutations().getRequestMutations(0).getUnknownFields();
    UnknownFieldSet removal =
        UnknownFieldSet.parseFrom(mutation.getField(3).getLengthDelimitedList().getFirst());
    assertThat(StringMatcher.parseFrom(removal.getField(1).getLengthDelimitedList().getFirst()))
        .isEqualTo(NAME);
  }

  @Test
  void isStillNeeded() {
    // once the generated classes have the field, this class can become two builders
    assertThat(ActionCase.values()).hasSize(3);
  }

  @Test
  void readsBackWhatItWrote() throws Exception {
    Message filter = HeaderRemoval.filter(List.of(NAME, NAME), List.of(NAME));

    assertThat(
            filter
                .newBuilderForType()
                .mergeFrom(CodedInputStream.newInstance(filter.toByteArray()))
                .build())
        .isEqualTo(filter);
  }
}

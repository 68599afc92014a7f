package io.sallyport.compile.filter;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Message;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import java.io.IOException;
import java.io.UncheckedIOException;

/// Wraps the configuration of an extension as Envoy carries it.
public final class Extensions {
  private Extensions() {}

  /// The message in an `Any`. Like [Any#pack], but maps are written in the order of their keys: the
  /// bytes inside an `Any` decide a resource's version too.
  public static Any any(Message message) {
    byte[] bytes = new byte[message.getSerializedSize()];
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    out.useDeterministicSerialization();
    try {
      message.writeTo(out);
    } catch (IOException e) {
      throw new UncheckedIOException("an array of the computed size was too small", e);
    }
    return Any.newBuilder()
        .setTypeUrl("type.googleapis.com/" + message.getDescriptorForType().getFullName())
        .setValue(ByteString.copyFrom(bytes))
        .build();
  }

  /// The message under an extension's name.
  public static TypedExtensionConfig extension(String name, Message message) {
    return TypedExtensionConfig.newBuilder().setName(name).setTypedConfig(any(message)).build();
  }
}

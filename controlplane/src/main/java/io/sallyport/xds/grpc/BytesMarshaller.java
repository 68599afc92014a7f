package io.sallyport.xds.grpc;

import com.google.protobuf.ByteString;
import io.grpc.MethodDescriptor.Marshaller;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/// Takes requests off the network's thread as bytes; the stream's own thread parses them.
final class BytesMarshaller implements Marshaller<ByteString> {
  @Override
  public InputStream stream(ByteString value) {
    return value.newInput();
  }

  @Override
  public ByteString parse(InputStream stream) {
    try {
      return ByteString.readFrom(stream);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

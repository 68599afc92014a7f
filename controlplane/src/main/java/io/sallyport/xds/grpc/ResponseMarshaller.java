package io.sallyport.xds.grpc;

import com.google.common.io.ByteStreams;
import io.grpc.Drainable;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor.Marshaller;
import io.sallyport.xds.Response;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/// Writes responses straight into the transport's buffers: their size is known, and their resources
/// are bytes already.
final class ResponseMarshaller implements Marshaller<Response> {
  @Override
  public InputStream stream(Response response) {
    return new ResponseStream(response);
  }

  /// A server sends responses and receives none.
  @Override
  public Response parse(InputStream stream) {
    throw new UnsupportedOperationException("a server receives no responses");
  }

  private static final class ResponseStream extends InputStream implements Drainable, KnownLength {
    private final Response response;
    private InputStream rest = InputStream.nullInputStream();
    private boolean started;
    private boolean drained;

    ResponseStream(Response response) {
      this.response = response;
    }

    @Override
    public int drainTo(OutputStream target) throws IOException {
      if (started) {
        return Math.toIntExact(ByteStreams.copy(rest, target));
      }
      started = true;
      drained = true;
      response.writeTo(target);
      return response.size();
    }

    @Override
    public int available() throws IOException {
      return started ? (drained ? 0 : rest.available()) : response.size();
    }

    @Override
    public int read() throws IOException {
      return bytes().read();
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      return bytes().read(target, offset, length);
    }

    /// For a transport that reads instead of draining.
    private InputStream bytes() throws IOException {
      if (!started) {
        started = true;
        ByteArrayOutputStream whole = new ByteArrayOutputStream(response.size());
        response.writeTo(whole);
        rest = new ByteArrayInputStream(whole.toByteArray());
      }
      return rest;
    }
  }
}

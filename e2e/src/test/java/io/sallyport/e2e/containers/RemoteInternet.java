package io.sallyport.e2e.containers;

import io.sallyport.e2e.harness.Internet;
import io.sallyport.e2e.harness.InternetServer;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;

/// The pretend internet in its container, asked by its control port.
record RemoteInternet(String address) implements Internet {
  @Override
  public X509Certificate authority() {
    try {
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(
                  new ByteArrayInputStream(ask("/authority").getBytes(StandardCharsets.US_ASCII)));
    } catch (CertificateException e) {
      throw new IllegalStateException("the pretend internet's authority can't be read", e);
    }
  }

  @Override
  public long requests() {
    return Long.parseLong(ask("/requests"));
  }

  private String ask(String path) {
    return HostHttp.get("http://" + address + ":" + InternetServer.CONTROL_PORT + path)
        .orElseThrow(() -> new IllegalStateException("the pretend internet does not answer"));
  }
}

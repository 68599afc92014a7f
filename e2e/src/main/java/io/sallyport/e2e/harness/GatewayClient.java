package io.sallyport.e2e.harness;

import java.io.IOException;
import java.io.Reader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.StandardConstants;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;

/// Someone who dials the gateway directly, past every sidecar, with a certificate or without one.
///
/// @param context the TLS context to dial with
public record GatewayClient(SSLContext context) {
  private static final int TIMEOUT_MILLIS = 10_000;

  /// Any text as SNI: the hop's own has underscores, which no host name has.
  private static final class ServerName extends SNIServerName {
    ServerName(String name) {
      super(StandardConstants.SNI_HOST_NAME, name.getBytes(StandardCharsets.US_ASCII));
    }
  }

  /// With the certificate and key that `sallyport bootstrap` wrote for a proxy.
  public static GatewayClient of(Path bootstrap) {
    List<X509Certificate> chain = certificates(bootstrap.resolve("tls.crt"));
    PretendAuthority.Credential credential =
        new PretendAuthority.Credential(
            new KeyPair(chain.getFirst().getPublicKey(), key(bootstrap.resolve("tls.key"))), chain);
    return new GatewayClient(credential.context(trusted(bootstrap)));
  }

  /// The root that a bootstrap trusts.
  public static X509Certificate trusted(Path bootstrap) {
    return certificates(bootstrap.resolve("ca.crt")).getFirst();
  }

  /// One request, straight to the gateway.
  ///
  /// @param serverName the SNI; empty: none
  public Answer request(InetSocketAddress gateway, Optional<String> serverName, String request) {
    try (Socket secured = dial(gateway, serverName)) {
      return RawHttp.exchange(secured, request);
    } catch (IOException e) {
      return new Answer.Closed(String.valueOf(e.getMessage()));
    }
  }

  /// One request through a hop that carries TLS: `inner` within the mutual TLS.
  ///
  /// @param innerName the SNI of the inner handshake; empty: none
  public Answer request(
      InetSocketAddress gateway,
      String serverName,
      SSLContext inner,
      Optional<String> innerName,
      String request) {
    try (Socket hop = dial(gateway, Optional.of(serverName));
        Socket secured = handshake(inner, hop, gateway, innerName)) {
      return RawHttp.exchange(secured, request);
    } catch (IOException e) {
      return new Answer.Closed(String.valueOf(e.getMessage()));
    }
  }

  /// The same where the hop asks for its destination by an HTTP CONNECT; if that is refused, its
  /// answer.
  ///
  /// @param authority of the CONNECT
  public Answer request(
      InetSocketAddress gateway,
      String serverName,
      String authority,
      SSLContext inner,
      Optional<String> innerName,
      String request) {
    try (Socket hop = dial(gateway, Optional.of(serverName))) {
      Answer connected =
          RawHttp.exchange(
              hop, "CONNECT " + authority + " HTTP/1.1\r\nHost: " + authority + "\r\n\r\n");
      if (connected.status() != 200) {
        return connected;
      }
      try (Socket secured = handshake(inner, hop, gateway, innerName)) {
        return RawHttp.exchange(secured, request);
      }
    } catch (IOException e) {
      return new Answer.Closed(String.valueOf(e.getMessage()));
    }
  }

  /// A connection to the gateway, after the handshake.
  ///
  /// @param serverName the SNI; empty: none
  public Socket dial(InetSocketAddress gateway, Optional<String> serverName) throws IOException {
    Socket socket = new Socket();
    socket.connect(gateway, TIMEOUT_MILLIS);
    socket.setSoTimeout(TIMEOUT_MILLIS);
    return handshake(context, socket, gateway, serverName);
  }

  private static Socket handshake(
      SSLContext context, Socket below, InetSocketAddress gateway, Optional<String> serverName)
      throws IOException {
    SSLSocket secured =
        (SSLSocket)
            context
                .getSocketFactory()
                .createSocket(below, gateway.getHostString(), gateway.getPort(), true);
    try {
      SSLParameters parameters = secured.getSSLParameters();
      parameters.setServerNames(serverName.stream().<SNIServerName>map(ServerName::new).toList());
      secured.setSSLParameters(parameters);
      secured.startHandshake();
      return secured;
    } catch (IOException e) {
      secured.close();
      throw e;
    }
  }

  private static List<X509Certificate> certificates(Path file) {
    try (var in = Files.newInputStream(file)) {
      Collection<? extends Certificate> read =
          CertificateFactory.getInstance("X.509").generateCertificates(in);
      return read.stream().map(X509Certificate.class::cast).toList();
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException("can't read " + file, e);
    }
  }

  private static PrivateKey key(Path file) {
    try (Reader reader = Files.newBufferedReader(file);
        PEMParser parser = new PEMParser(reader)) {
      return switch (parser.readObject()) {
        case PEMKeyPair pair -> new JcaPEMKeyConverter().getKeyPair(pair).getPrivate();
        case PrivateKeyInfo key -> new JcaPEMKeyConverter().getPrivateKey(key);
        case Object other -> throw new IllegalStateException(file + " holds " + other);
        case null -> throw new IllegalStateException(file + " holds no key");
      };
    } catch (IOException e) {
      throw new IllegalStateException("can't read " + file, e);
    }
  }
}

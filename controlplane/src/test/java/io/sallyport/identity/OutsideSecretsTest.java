package io.sallyport.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import io.sallyport.identity.OutsideSecrets.Account;
import io.sallyport.identity.OutsideSecrets.ClientCertificate;
import io.sallyport.identity.OutsideSecrets.Roots;
import io.sallyport.snapshot.VersionedResource;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.io.pem.PemObject;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutsideSecretsTest {
  private static final Account GATEWAY = new Account("istio-egress", "egressgateway");
  private static final Account OTHER = new Account("mytest", "sleep-a");

  @TempDir Path directory;
  private final OutsideSecrets secrets = new OutsideSecrets();
  private final AtomicInteger told = new AtomicInteger();

  @SuppressWarnings("NullAway.Init")
  private CertificateAuthority authority;

  private Path certificate = Path.of("");
  private Path key = Path.of("");
  private Path ca = Path.of("");
  private int writes;

  @BeforeEach
  void follow() throws IOException {
    authority =
        CertificateAuthority.openOrCreate(
            directory.resolve("authority"), "cluster.local", InstantSource.system());
    certificate = directory.resolve("client.crt");
    key = directory.resolve("client.key");
    ca = directory.resolve("ca.crt");
    write(ca, Pem.of(List.of(authority.root())));
    secrets.onChange(told::incrementAndGet);
  }

  private Svid pair() {
    return authority.issueWorkload(
        new SpiffeId("cluster.local", "ns", "client"), Optional.empty(), Duration.ofHours(1));
  }

  /// With a time of its own, so that no two forms look alike.
  private void write(Path file, String text) throws IOException {
    Files.writeString(file, text);
    Files.setLastModifiedTime(file, FileTime.from(Instant.ofEpochSecond(1_000_000 + ++writes)));
  }

  private void write(Svid pair) throws IOException {
    write(certificate, Pem.of(pair.chain()));
    write(key, Pem.of(pair.key()));
  }

  private ClientCertificate client() {
    return new ClientCertificate("client", certificate, key, Set.of(GATEWAY));
  }

  private String shown() throws IOException {
    assertThat(secrets.secrets(GATEWAY)).hasSize(1);
    return secret(secrets.secrets(GATEWAY).getFirst())
        .getTlsCertificate()
        .getCertificateChain()
        .getInlineBytes()
        .toStringUtf8();
  }

  private static Secret secret(VersionedResource resource) throws IOException {
    return resource.body().unpack(Secret.class);
  }

  @Test
  void onlyTheAccountsThatNeedASecretHaveIt() throws IOException {
    write(pair());
    secrets.follow(List.of(client(), new Roots("ca", ca, Set.of(GATEWAY, OTHER))));
    assertThat(secrets.secrets(GATEWAY)).extracting(VersionedResource::name).contains("client");
    assertThat(secrets.secrets(OTHER)).extracting(VersionedResource::name).containsExactly("ca");
    assertThat(secrets.secrets(new Account("istio-egress", "another"))).isEmpty();

    secrets.follow(List.of());
    assertThat(secrets.secrets(GATEWAY)).isEmpty();
    assertThat(told).hasValue(2);
  }

  @Test
  void aNewPairIsTakenOnceBothFilesBelongTogether() throws IOException {
    Svid first = pair();
    Svid second = pair();
    write(first);
    secrets.follow(List.of(client()));
    List<VersionedResource> before = secrets.secrets(GATEWAY);

    write(certificate, Pem.of(second.chain()));
    secrets.refresh();
    assertThat(secrets.secrets(GATEWAY)).isSameAs(before);

    write(key, Pem.of(second.key()));
    secrets.refresh();
    assertThat(shown()).isEqualTo(Pem.of(second.chain()));
    assertThat(told).hasValue(2);
    secrets.refresh();
    assertThat(told).hasValue(2);
  }

  @Test
  void withAFileGoneTheSecretIsGone() throws IOException {
    write(pair());
    secrets.follow(List.of(client()));
    Files.delete(key);
    secrets.refresh();
    assertThat(secrets.secrets(GATEWAY)).isEmpty();
  }

  @Test
  void whatIsNoKeyOrNoCertificateGivesNothing() throws IOException {
    Svid pair = pair();
    write(certificate, Pem.of(pair.chain()));
    for (String text :
        List.of(
            "", "no PEM", "-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n")) {
      write(key, text);
      secrets.follow(List.of(client(), new Roots("ca", key, Set.of(GATEWAY))));
      assertThat(secrets.secrets(GATEWAY)).as(text).isEmpty();
    }
  }

  @Test
  void keysInPkcs1AreTaken() throws Exception {
    KeyPair keys = KeyPairGenerator.getInstance("RSA").generateKeyPair();
    assertThat(pem(keys.getPrivate())).startsWith("-----BEGIN RSA PRIVATE KEY-----");
    assertTaken(keys, pem(keys.getPrivate()));
  }

  /// As OpenSSL writes them, with the curve in the key.
  @Test
  void keysInSec1AreTaken() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    KeyPair keys = generator.generateKeyPair();
    BigInteger secret = ((java.security.interfaces.ECPrivateKey) keys.getPrivate()).getS();
    ECPrivateKey sec1 = new ECPrivateKey(256, secret, SECObjectIdentifiers.secp256r1);
    assertTaken(keys, pem(new PemObject("EC PRIVATE KEY", sec1.getEncoded())));
  }

  private void assertTaken(KeyPair keys, String keyFile) throws Exception {
    write(certificate, pem(selfSigned(keys)));
    write(key, keyFile);
    secrets.follow(List.of(client()));
    assertThat(shown()).isEqualTo(Files.readString(certificate).replace("\r", ""));
  }

  private static X509CertificateHolder selfSigned(KeyPair keys) throws OperatorCreationException {
    Instant now = Instant.now();
    X500Name name = new X500Name("CN=client");
    String signature =
        keys.getPrivate().getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA";
    return new JcaX509v3CertificateBuilder(
            name,
            BigInteger.TWO,
            Date.from(now),
            Date.from(now.plus(Duration.ofHours(1))),
            name,
            keys.getPublic())
        .build(new JcaContentSignerBuilder(signature).build(keys.getPrivate()));
  }

  private static String pem(Object object) throws IOException {
    java.io.StringWriter text = new java.io.StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
      writer.writeObject(object);
    }
    return text.toString();
  }
}

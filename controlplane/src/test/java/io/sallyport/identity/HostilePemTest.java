package io.sallyport.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.identity.OutsideSecrets.Account;
import io.sallyport.identity.OutsideSecrets.Given;
import io.sallyport.identity.OutsideSecrets.Roots;
import io.sallyport.identity.OutsideSecrets.Wanted;
import io.sallyport.snapshot.VersionedResource;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8EncryptorBuilder;
import org.bouncycastle.openssl.jcajce.JcePEMEncryptorBuilder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Whatever stands where a certificate or a key should: it becomes a complaint, no secret is made
/// of it, and the secrets beside it are as they should be.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HostilePemTest {
  private static final Account GATEWAY = new Account("istio-egress", "egressgateway");
  private static final int NEARLY_A_MEGABYTE = 1_000_000;

  @TempDir Path directory;
  private final OutsideSecrets secrets = new OutsideSecrets();

  @SuppressWarnings("NullAway.Init")
  private CertificateAuthority authority;

  @BeforeEach
  void openTheAuthority() {
    authority =
        CertificateAuthority.openOrCreate(
            directory.resolve("authority"), "cluster.local", InstantSource.system());
  }

  private Svid pair() {
    return authority.issueWorkload(
        new SpiffeId("cluster.local", "ns", "client"), Optional.empty(), Duration.ofHours(1));
  }

  private static Wanted given(String name, String certificate, String key) {
    return new Given(name, certificate, key, Set.of(GATEWAY));
  }

  /// What is said of one secret among good ones.
  private String complaint(Wanted hostile) {
    Svid good = pair();
    String chain = Pem.of(good.chain());
    String key = Pem.of(good.key());
    secrets.follow(List.of(given("a-good", chain, key), hostile, given("z-good", chain, key)));
    assertThat(secrets.secrets(GATEWAY))
        .extracting(VersionedResource::name)
        .containsExactly("a-good", "z-good");
    assertThat(secrets.complaints()).containsOnlyKeys(hostile.name());
    String message = secrets.complaints().values().iterator().next().message();
    assertThat(message).doesNotContain("\n", "\u001b").hasSizeLessThan(400);
    return message;
  }

  private String complaintAboutKey(String key) {
    return complaint(given("hostile", Pem.of(pair().chain()), key));
  }

  @Test
  void aKeyOfAnotherCertificateIsRefused() {
    assertThat(complaintAboutKey(Pem.of(pair().key())))
        .isEqualTo("the key is not the certificate's");
  }

  @Test
  void anEncryptedKeyIsCalledSo() throws Exception {
    var pkcs8 =
        new JceOpenSSLPKCS8EncryptorBuilder(JcaPKCS8Generator.AES_256_CBC)
            .setProvider(new BouncyCastleProvider())
            .setPassword("secret".toCharArray())
            .build();
    assertThat(complaintAboutKey(pem(new JcaPKCS8Generator(pair().key(), pkcs8))))
        .contains("encrypted");
    StringWriter text = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
      writer.writeObject(
          rsa(2048).getPrivate(),
          new JcePEMEncryptorBuilder("AES-256-CBC")
              .setProvider(new BouncyCastleProvider())
              .build("secret".toCharArray()));
    }
    assertThat(text.toString()).contains("Proc-Type: 4,ENCRYPTED");
    assertThat(complaintAboutKey(text.toString())).contains("encrypted");
  }

  /// Envoy refuses a secret with such a key.
  @Test
  void aShortKeyIsRefused() throws Exception {
    assertThat(complaintAboutKey(pem(rsa(1024).getPrivate()))).contains("1024 bits", "2048");
  }

  @Test
  void aChainOfThousandsIsRefused() {
    String one = Pem.of(pair().chain());
    Svid client = pair();
    int count = NEARLY_A_MEGABYTE / one.length();
    assertThat(count).isGreaterThan(500);
    String chain = Pem.of(client.chain()) + one.repeat(count);
    assertThat(complaint(given("hostile", chain, Pem.of(client.key()))))
        .contains("certificates", "at most 16");
  }

  static Stream<String> keys() {
    return Stream.of(
        "",
        "-".repeat(NEARLY_A_MEGABYTE),
        "\0".repeat(NEARLY_A_MEGABYTE),
        "-----BEGIN PRIVATE KEY-----\n".repeat(30_000),
        "-----BEGIN X\u001b[2J-----\nAAAA\n-----END X\u001b[2J-----\n".repeat(10_000),
        block("PRIVATE KEY", nested()),
        block("EC PRIVATE KEY", nested()),
        block("RSA PRIVATE KEY", nested()),
        block("ENCRYPTED PRIVATE KEY", nested()),
        block("EC PARAMETERS", nested()),
        block("CERTIFICATE", new byte[] {0x30, (byte) 0x84, 0x7f, -1, -1, -1, 2, 1, 0}));
  }

  @ParameterizedTest
  @MethodSource("keys")
  void whatIsNoKeyIsRefusedWhereverItStands(String text) {
    assertThat(complaintAboutKey(text)).isNotEmpty();
    assertThat(complaint(given("hostile", text, Pem.of(pair().key())))).isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"folder", "huge", "pipe"})
  void whatIsNoFileOfCertificatesIsNotRead(String name) throws Exception {
    Path file = directory.resolve(name);
    switch (name) {
      case "folder" -> Files.createDirectory(file);
      case "huge" -> {
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
          sparse.setLength(8L << 30);
        }
      }
      default ->
          assertThat(
                  new ProcessBuilder("mkfifo", file.toString())
                      .start()
                      .waitFor(10, TimeUnit.SECONDS))
              .isTrue();
    }
    assertThat(complaint(new Roots("hostile", file, Set.of(GATEWAY)))).contains(name);
    assertThat(ExternalRoots.check(file)).isPresent();
  }

  /// Sequences in sequences, to a depth where a parser that calls itself ends.
  private static byte[] nested() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int depth = 100_000;
    for (int i = 1; i <= depth; i++) {
      int length = (depth - i) * 5;
      out.writeBytes(
          new byte[] {
            0x30, (byte) 0x83, (byte) (length >> 16), (byte) (length >> 8), (byte) length
          });
    }
    return out.toByteArray();
  }

  private static String block(String type, byte[] content) {
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
        .formatted(type, Base64.getMimeEncoder().encodeToString(content), type);
  }

  private static KeyPair rsa(int bits) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(bits);
    return generator.generateKeyPair();
  }

  private static String pem(Object object) throws IOException {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
      writer.writeObject(object);
    }
    return text.toString();
  }
}

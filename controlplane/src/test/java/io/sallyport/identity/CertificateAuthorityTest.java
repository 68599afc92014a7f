package io.sallyport.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The certificates, field by field, as the JDK and OpenSSL see them.
class CertificateAuthorityTest {
  private static final String SUBJECT_KEY_ID = "2.5.29.14";
  private static final String KEY_USAGE = "2.5.29.15";
  private static final String SAN = "2.5.29.17";
  private static final String BASIC_CONSTRAINTS = "2.5.29.19";
  private static final String NAME_CONSTRAINTS = "2.5.29.30";
  private static final String AUTHORITY_KEY_ID = "2.5.29.35";
  private static final SpiffeId SLEEP = new SpiffeId("cluster.local", "mytest", "sleep-a");

  @TempDir Path data;
  private final HandClock clock = new HandClock();

  @Test
  void theRootAndTheIssuingCertificateAreAuthoritiesOfTheTrustDomain() throws Exception {
    CertificateAuthority authority = authority();
    X509Certificate root = authority.root();
    X509Certificate issuing = svid(authority).chain().get(1);

    root.verify(root.getPublicKey());
    issuing.verify(root.getPublicKey());
    assertThat(root.getBasicConstraints()).isEqualTo(1);
    assertThat(issuing.getBasicConstraints()).isEqualTo(0);
    for (X509Certificate certificate : List.of(root, issuing)) {
      assertThat(certificate.getCriticalExtensionOIDs()).contains(BASIC_CONSTRAINTS, KEY_USAGE);
      assertThat(usages(certificate)).containsExactly(5, 6); // keyCertSign, cRLSign
      assertThat(SubjectNames.uris(certificate)).containsExactly("spiffe://cluster.local");
      assertThat(certificate.getExtensionValue(SUBJECT_KEY_ID)).isNotNull();
      assertThat(p256(certificate)).isTrue();
    }
    assertThat(issuing.getCriticalExtensionOIDs()).contains(NAME_CONSTRAINTS);
    assertThat(issuing.getExtensionValue(AUTHORITY_KEY_ID)).isNotNull();
  }

  @Test
  void anSvidIsAsTheSpecificationSays() throws Exception {
    Svid svid = svid(authority());
    X509Certificate leaf = svid.certificate();

    assertThat(leaf.getVersion()).isEqualTo(3);
    assertThat(leaf.getSubjectAlternativeNames())
        .containsExactly(List.of(6, "spiffe://cluster.local/ns/mytest/sa/sleep-a"));
    assertThat(leaf.getBasicConstraints()).isEqualTo(-1);
    assertThat(usages(leaf)).containsExactly(0); // digitalSignature
    assertThat(leaf.getExtendedKeyUsage())
        .containsExactlyInAnyOrder("1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2");
    assertThat(leaf.getCriticalExtensionOIDs())
        .containsExactlyInAnyOrder(BASIC_CONSTRAINTS, KEY_USAGE, SAN);
    assertThat(leaf.getSubjectX500Principal().getName()).isEmpty();
    assertThat(leaf.getExtensionValue(SUBJECT_KEY_ID)).isNotNull();
    assertThat(leaf.getExtensionValue(AUTHORITY_KEY_ID)).isNotNull();
    assertThat(leaf.getSigAlgName()).isEqualTo("SHA256withECDSA");
    assertThat(p256(leaf)).isTrue();
    assertThat(leaf.getSerialNumber().signum()).isEqualTo(1);
    assertThat(leaf.getSerialNumber().bitLength()).isEqualTo(127);
    assertThat(svid.pair().belongTogether()).isTrue();
    assertThat(svid.issuedAt()).isEqualTo(clock.instant());
    assertThat(svid.expiresAt()).isEqualTo(clock.instant().plus(Duration.ofHours(1)));
    assertThat(leaf.getNotBefore().toInstant())
        .as("a clock ten minutes slow accepts it")
        .isBefore(clock.instant().minus(Duration.ofMinutes(10)));
  }

  @Test
  void aBoundSvidNamesItsWorkload() {
    Svid svid =
        authority().issueWorkload(SLEEP, Optional.of("sleep-a-7d9f"), Duration.ofMinutes(1));
    assertThat(svid.certificate().getSubjectX500Principal().getName()).isEqualTo("CN=sleep-a-7d9f");
    assertThat(svid.certificate().getNonCriticalExtensionOIDs()).contains(SAN);
    assertThat(svid.expiresAt()).isEqualTo(clock.instant().plusSeconds(60));
  }

  @Test
  void aNameThatACommonNameCannotHoldIsRefused() {
    CertificateAuthority authority = authority();
    for (String name : List.of("w".repeat(60) + ".a-01", "", "a/b", "A", "a,CN=b")) {
      assertThatThrownBy(
              () -> authority.issueWorkload(SLEEP, Optional.of(name), Duration.ofMinutes(1)))
          .isInstanceOf(IdentityException.class)
          .hasMessageContaining("'" + name + "'");
    }
  }

  @Test
  void theServersCertificateIsNoClients() throws Exception {
    X509Certificate leaf =
        authority()
            .issueServer(List.of("xds.example.com", "127.0.0.1", "::1"), Duration.ofHours(1))
            .certificate();
    assertThat(leaf.getSubjectAlternativeNames())
        .containsExactly(
            List.of(6, "spiffe://cluster.local/ns/sallyport-system/sa/sallyport"),
            List.of(2, "xds.example.com"),
            List.of(7, "127.0.0.1"),
            List.of(7, "0:0:0:0:0:0:0:1"));
    assertThat(leaf.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1");
  }

  @Test
  void serialNumbersDiffer() {
    CertificateAuthority authority = authority();
    Set<Object> serials = new HashSet<>();
    for (int i = 0; i < 200; i++) {
      serials.add(svid(authority).certificate().getSerialNumber());
    }
    assertThat(serials).hasSize(200);
  }

  @Test
  void noSvidForTheControlPlaneOrAnotherTrustDomain() {
    CertificateAuthority authority = authority();
    Duration hour = Duration.ofHours(1);
    SpiffeId own = SpiffeId.controlPlane("cluster.local");
    assertThatThrownBy(() -> authority.issueWorkload(own, Optional.empty(), hour))
        .isInstanceOf(IdentityException.class)
        .hasMessageContaining("control plane's own");
    SpiffeId foreign = new SpiffeId("other.local", "mytest", "sleep-a");
    assertThatThrownBy(() -> authority.issueWorkload(foreign, Optional.empty(), hour))
        .hasMessageContaining("another trust domain");
  }

  @Test
  void theIssuingCertificateCannotVouchForAnotherTrustDomain() throws Exception {
    CertificateAuthority authority = authority();
    CertifiedKey issuing = Pem.parse(Files.readAllBytes(data.resolve("ca/issuing.pem")));
    for (String trustDomain : List.of("other.local", "sub.cluster.local", "local")) {
      Instant now = clock.instant();
      CertifiedKey forged =
          CertificateProfile.workload(
              issuing,
              new SpiffeId(trustDomain, "mytest", "sleep-a"),
              Optional.empty(),
              now,
              now.plusSeconds(60));
      assertThatThrownBy(() -> validate(forged.chain(), authority.root()))
          .as(trustDomain)
          .isInstanceOf(CertPathValidatorException.class)
          .hasMessageContaining("name constraints");
    }
    validate(svid(authority).chain(), authority.root());
  }

  @Test
  void anSvidNeverOutlivesItsIssuer() {
    CertificateAuthority authority = authority();
    Svid svid = authority.issueWorkload(SLEEP, Optional.empty(), Duration.ofDays(100_000));
    assertThat(svid.expiresAt()).isEqualTo(svid.chain().get(1).getNotAfter().toInstant());
  }

  @Test
  void theIssuingCertificateIsReplacedAtHalfItsLifeAndTheRootStays() throws Exception {
    CertificateAuthority authority = authority();
    Svid before = svid(authority);
    clock.advance(Duration.ofDays(364));
    assertThat(svid(authority).chain().get(1)).isEqualTo(before.chain().get(1));
    clock.advance(Duration.ofDays(2));
    Svid after = svid(authority);

    assertThat(after.chain().get(1)).isNotEqualTo(before.chain().get(1));
    validate(after.chain(), authority.root());
    validate(before.chain().subList(1, 2), authority.root());
    CertificateAuthority reopened = authority();
    assertThat(svid(reopened).chain().get(1)).isEqualTo(after.chain().get(1));
    assertThat(reopened.root()).isEqualTo(authority.root());
  }

  @Test
  void opensslAcceptsTheChain() throws Exception {
    assumeThat(hasOpenssl()).as("openssl is on the path").isTrue();
    clock.set(Instant.now());
    CertificateAuthority authority = authority();
    String workload = "w".repeat(60) + ".a-0";
    for (Svid svid :
        List.of(
            svid(authority),
            authority.issueWorkload(SLEEP, Optional.of(workload), Duration.ofHours(1)))) {
      Path leaf = Files.writeString(data.resolve("leaf.pem"), Pem.of(svid.chain().subList(0, 1)));
      Path issuing = Files.writeString(data.resolve("i.pem"), Pem.of(svid.chain().subList(1, 2)));
      for (String purpose : List.of("sslclient", "sslserver")) {
        assertThat(
                openssl(
                    "verify",
                    "-x509_strict",
                    "-check_ss_sig",
                    "-purpose",
                    purpose,
                    "-CAfile",
                    data.resolve("ca/root.crt").toString(),
                    "-untrusted",
                    issuing.toString(),
                    leaf.toString()))
            .endsWith("leaf.pem: OK");
      }
      Path key = Files.writeString(data.resolve("key.pem"), Pem.of(svid.key()));
      assertThat(openssl("ec", "-in", key.toString(), "-noout", "-text")).contains("P-256");
    }
    Svid server = authority.issueServer(List.of("127.0.0.1"), Duration.ofHours(1));
    Path leaf = Files.writeString(data.resolve("leaf.pem"), Pem.of(server.chain().subList(0, 1)));
    Path issuing = Files.writeString(data.resolve("i.pem"), Pem.of(server.chain().subList(1, 2)));
    assertThat(
            openssl(
                "verify",
                "-purpose",
                "sslclient",
                "-CAfile",
                data.resolve("ca/root.crt").toString(),
                "-untrusted",
                issuing.toString(),
                leaf.toString()))
        .as("the server's certificate used as a client's")
        .contains("unsuitable certificate purpose");
  }

  private CertificateAuthority authority() {
    return CertificateAuthority.openOrCreate(data, "cluster.local", clock);
  }

  private static Svid svid(CertificateAuthority authority) {
    return authority.issueWorkload(SLEEP, Optional.empty(), Duration.ofHours(1));
  }

  private void validate(List<X509Certificate> chain, X509Certificate root) throws Exception {
    PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(root, null)));
    parameters.setRevocationEnabled(false);
    parameters.setDate(Date.from(clock.instant()));
    CertPathValidator.getInstance("PKIX")
        .validate(CertificateFactory.getInstance("X.509").generateCertPath(chain), parameters);
  }

  private static List<Integer> usages(X509Certificate certificate) {
    boolean[] usage = certificate.getKeyUsage();
    return java.util.stream.IntStream.range(0, usage.length).filter(i -> usage[i]).boxed().toList();
  }

  private static boolean p256(X509Certificate certificate) {
    return certificate.getPublicKey() instanceof ECPublicKey key
        && key.getParams().toString().contains("1.2.840.10045.3.1.7");
  }

  private static boolean hasOpenssl() {
    try {
      return openssl("version").startsWith("OpenSSL");
    } catch (Exception e) {
      return false;
    }
  }

  private static String openssl(String... arguments) throws Exception {
    List<String> command = new java.util.ArrayList<>(List.of("openssl"));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    process.waitFor();
    return output;
  }
}

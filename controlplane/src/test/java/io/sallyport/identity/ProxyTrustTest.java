package io.sallyport.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Who is let in by a client certificate and who is not.
class ProxyTrustTest {
  private static final SpiffeId SLEEP = new SpiffeId("cluster.local", "mytest", "sleep-a");
  private static final String SLEEP_URI = "spiffe://cluster.local/ns/mytest/sa/sleep-a";
  private static final Duration HOUR = Duration.ofHours(1);

  @TempDir Path data;
  @TempDir Path elsewhere;
  private final HandClock clock = new HandClock();
  private CertificateAuthority authority;
  private ProxyTrust trust;

  @BeforeEach
  void open() {
    authority = CertificateAuthority.openOrCreate(data, "cluster.local", clock);
    trust = new ProxyTrust(authority, clock);
  }

  @Test
  void aWorkloadsCertificateIsItsIdentity() throws Exception {
    assertThat(trust.identify(chain(authority.issueWorkload(SLEEP, Optional.empty(), HOUR))))
        .isEqualTo(new ProxyIdentity(SLEEP, Optional.empty()));
    Svid bound = authority.issueWorkload(SLEEP, Optional.of("sleep-a-0"), HOUR);
    assertThat(trust.identify(chain(bound)))
        .isEqualTo(new ProxyIdentity(SLEEP, Optional.of("sleep-a-0")));
    trust.checkClientTrusted(chain(bound), "UNKNOWN");
  }

  @Test
  void validityIsThatOfTheGivenClock() throws Exception {
    X509Certificate[] chain = chain(authority.issueWorkload(SLEEP, Optional.empty(), HOUR));
    Instant issued = clock.instant();
    clock.set(issued.minus(Duration.ofMinutes(10)));
    trust.identify(chain);
    clock.set(issued.minus(Duration.ofMinutes(16)));
    refused("is valid from 2030-06-01T11:45:00Z", chain);
    clock.set(issued.plus(Duration.ofHours(1)));
    trust.identify(chain);
    clock.set(issued.plus(Duration.ofHours(1)).plusSeconds(1));
    refused("expired at 2030-06-01T13:00:00Z", chain);
  }

  @Test
  void aForeignAuthorityOfTheSameTrustDomainIsRefused() {
    CertificateAuthority foreign =
        CertificateAuthority.openOrCreate(elsewhere, "cluster.local", clock);
    X509Certificate[] chain = chain(foreign.issueWorkload(SLEEP, Optional.empty(), HOUR));
    refused("the client certificate is refused", chain);
    refused("refused", new X509Certificate[] {chain[0], chain[1], foreign.root()});
    X509Certificate issuing = authority.issueWorkload(SLEEP, Optional.empty(), HOUR).chain().get(1);
    refused("refused", new X509Certificate[] {chain[0], issuing});
  }

  @Test
  void theControlPlanesCertificateIsRefused() throws Exception {
    refused("not made for clients", chain(authority.issueServer(List.of("127.0.0.1"), HOUR)));
    String own = SpiffeId.controlPlane("cluster.local").toString();
    refused("control plane's own identity", forged(List.of(uri(own)), CLIENT, false));
  }

  @Test
  void aCertificateOfAnotherFormIsRefused() throws Exception {
    trust.identify(forged(List.of(uri(SLEEP_URI)), CLIENT, false));
    refused("0 URI SANs", forged(List.of(), CLIENT, false));
    refused(
        "0 URI SANs",
        forged(List.of(new GeneralName(GeneralName.dNSName, "sleep-a")), CLIENT, false));
    refused(
        "2 URI SANs",
        forged(
            List.of(uri(SLEEP_URI), uri("spiffe://cluster.local/ns/mytest/sa/other")),
            CLIENT,
            false));
    refused("not made for clients", forged(List.of(uri(SLEEP_URI)), SERVER, false));
    refused(
        "not a workload's",
        forged(List.of(uri(SLEEP_URI)), CLIENT, true)); // an authority below ours
    for (String uri :
        List.of(
            "spiffe://cluster.local",
            "spiffe://cluster.local/",
            "spiffe://cluster.local/ns/mytest/sa/",
            "spiffe://cluster.local/ns/mytest/sa/sleep-a/",
            "spiffe://cluster.local/ns/mytest/sa/sleep-a/x",
            "spiffe://cluster.local/ns/MYTEST/sa/sleep-a",
            "spiffe://cluster.local/ns/my.test/sa/sleep-a",
            "spiffe://cluster.local/ns/mytest/sa/sleep%2da",
            "https://cluster.local/ns/mytest/sa/sleep-a")) {
      refused("URI SAN", forged(List.of(uri(uri)), CLIENT, false));
    }
    refused(
        "name constraints",
        forged(List.of(uri("spiffe://other.local/ns/mytest/sa/sleep-a")), CLIENT, false));
  }

  @Test
  void noChainAndNoServerIsTrusted() {
    refused("no usable client certificate", new X509Certificate[0]);
    Svid svid = authority.issueWorkload(SLEEP, Optional.empty(), HOUR);
    refused("refused", new X509Certificate[] {svid.certificate()});
    refused("not made for clients", new X509Certificate[] {authority.root()});
    assertThatThrownBy(() -> trust.checkServerTrusted(chain(svid), "UNKNOWN"))
        .isInstanceOf(CertificateException.class);
  }

  private void refused(String why, X509Certificate[] chain) {
    assertThatThrownBy(() -> trust.identify(chain))
        .isInstanceOf(CertificateException.class)
        .hasMessageContaining(why);
  }

  private static final KeyPurposeId CLIENT = KeyPurposeId.id_kp_clientAuth;
  private static final KeyPurposeId SERVER = KeyPurposeId.id_kp_serverAuth;

  /// What someone who stole the issuing key, or a mistake of ours, could sign.
  private X509Certificate[] forged(List<GeneralName> names, KeyPurposeId purpose, boolean ca)
      throws Exception {
    CertifiedKey issuing = Pem.parse(Files.readAllBytes(data.resolve("ca/issuing.pem")));
    KeyPair keys = KeyPairGenerator.getInstance("EC").generateKeyPair();
    var builder =
        new JcaX509v3CertificateBuilder(
            X500Name.getInstance(issuing.certificate().getSubjectX500Principal().getEncoded()),
            BigInteger.TEN,
            Date.from(clock.instant().minusSeconds(60)),
            Date.from(clock.instant().plusSeconds(60)),
            new X500Name("CN=sleep-a"),
            keys.getPublic());
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(ca));
    builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
    builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purpose));
    if (!names.isEmpty()) {
      builder.addExtension(
          Extension.subjectAlternativeName,
          false,
          new GeneralNames(names.toArray(GeneralName[]::new)));
    }
    byte[] der =
        builder
            .build(new JcaContentSignerBuilder("SHA256withECDSA").build(issuing.key()))
            .getEncoded();
    return new X509Certificate[] {Pem.certificate(der), issuing.certificate()};
  }

  private static GeneralName uri(String uri) {
    return new GeneralName(GeneralName.uniformResourceIdentifier, uri);
  }

  private static X509Certificate[] chain(Svid svid) {
    return svid.chain().toArray(X509Certificate[]::new);
  }
}

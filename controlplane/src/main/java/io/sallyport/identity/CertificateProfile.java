package io.sallyport.identity;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// What the certificates look like: the extensions of each kind (RFC 5280; SPIFFE X.509-SVID). All
/// keys are ECDSA P-256; serial numbers are random; times are cut to seconds, as X.509 knows them.
final class CertificateProfile {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final X500Name NOBODY = new X500NameBuilder(BCStyle.INSTANCE).build();

  private CertificateProfile() {}

  /// The self-signed root of a trust domain, which its URI SAN names.
  static CertifiedKey root(String trustDomain, Instant from, Instant until) {
    return build(keys -> {
      X500Name subject = authority("Sallyport root", trustDomain);
      var builder = start(subject, subject, keys.getPublic(), from, until);
      addAuthority(builder, trustDomain, 1);
      var identifiers = new JcaX509ExtensionUtils();
      builder.addExtension(
          Extension.subjectKeyIdentifier,
          false,
          identifiers.createSubjectKeyIdentifier(keys.getPublic()));
      return new CertifiedKey(List.of(sign(builder, keys.getPrivate())), keys.getPrivate());
    });
  }

  /// The certificate that signs from day to day. Name constraints bind it to URIs of the trust
  /// domain.
  static CertifiedKey issuing(CertifiedKey root, String trustDomain, Instant from, Instant until) {
    return build(keys -> {
      X500Name subject = authority("Sallyport issuing", trustDomain);
      var builder = start(root, subject, keys.getPublic(), from, until);
      addAuthority(builder, trustDomain, 0);
      GeneralSubtree permitted =
          new GeneralSubtree(new GeneralName(GeneralName.uniformResourceIdentifier, trustDomain));
      builder.addExtension(
          Extension.nameConstraints,
          true,
          new NameConstraints(new GeneralSubtree[] {permitted}, null));
      return new CertifiedKey(List.of(sign(builder, root.key())), keys.getPrivate());
    });
  }

  /// A workload's SVID, for both ends of mutual TLS.
  ///
  /// @param workload becomes the subject's common name; without one the subject is empty and the
  ///   SAN critical (RFC 5280, 4.2.1.6)
  static CertifiedKey workload(
      CertifiedKey issuer, SpiffeId id, Optional<String> workload, Instant from, Instant until) {
    X500Name subject = workload.map(CertificateProfile::commonName).orElse(NOBODY);
    return leaf(
        issuer,
        subject,
        List.of(uri(id.toString())),
        List.of(KeyPurposeId.id_kp_clientAuth, KeyPurposeId.id_kp_serverAuth),
        from,
        until);
  }

  /// The xDS server's certificate; it can't be used as a client's.
  ///
  /// @param hosts DNS names and IP addresses, which become SANs beside the SPIFFE ID
  static CertifiedKey server(
      CertifiedKey issuer, SpiffeId id, Collection<String> hosts, Instant from, Instant until) {
    List<GeneralName> names = new ArrayList<>(List.of(uri(id.toString())));
    for (String host : hosts) {
      int kind = DnsNames.isHost(host) ? GeneralName.dNSName : GeneralName.iPAddress;
      names.add(new GeneralName(kind, host));
    }
    return leaf(
        issuer,
        commonName("sallyport"),
        names,
        List.of(KeyPurposeId.id_kp_serverAuth),
        from,
        until);
  }

  private static CertifiedKey leaf(
      CertifiedKey issuer,
      X500Name subject,
      List<GeneralName> names,
      List<KeyPurposeId> purposes,
      Instant from,
      Instant until) {
    return build(keys -> {
      var builder = start(issuer, subject, keys.getPublic(), from, until);
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
      builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
      builder.addExtension(
          Extension.extendedKeyUsage,
          false,
          new ExtendedKeyUsage(purposes.toArray(KeyPurposeId[]::new)));
      builder.addExtension(
          Extension.subjectAlternativeName,
          subject.equals(NOBODY),
          new GeneralNames(names.toArray(GeneralName[]::new)));
      return new CertifiedKey(
          List.of(sign(builder, issuer.key()), issuer.certificate()), keys.getPrivate());
    });
  }

  private static void addAuthority(
      X509v3CertificateBuilder builder, String trustDomain, int pathLength) throws CertIOException {
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(pathLength));
    builder.addExtension(
        Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
    builder.addExtension(
        Extension.subjectAlternativeName, false, new GeneralNames(uri("spiffe://" + trustDomain)));
  }

  /// A certificate below `issuer`, with both key identifiers.
  private static X509v3CertificateBuilder start(
      CertifiedKey issuer, X500Name subject, PublicKey key, Instant from, Instant until)
      throws GeneralSecurityException, CertIOException {
    X500Name above =
        X500Name.getInstance(issuer.certificate().getSubjectX500Principal().getEncoded());
    var builder = start(above, subject, key, from, until);
    var identifiers = new JcaX509ExtensionUtils();
    builder.addExtension(
        Extension.subjectKeyIdentifier, false, identifiers.createSubjectKeyIdentifier(key));
    builder.addExtension(
        Extension.authorityKeyIdentifier,
        false,
        identifiers.createAuthorityKeyIdentifier(issuer.certificate().getPublicKey()));
    return builder;
  }

  private static X509v3CertificateBuilder start(
      X500Name issuer, X500Name subject, PublicKey key, Instant from, Instant until) {
    return new JcaX509v3CertificateBuilder(
        issuer,
        new BigInteger(127, RANDOM).setBit(126), // positive, at most 20 octets, never short
        Date.from(from.truncatedTo(ChronoUnit.SECONDS)),
        Date.from(until.truncatedTo(ChronoUnit.SECONDS)),
        subject,
        key);
  }

  private static X509Certificate sign(X509v3CertificateBuilder builder, PrivateKey key)
      throws GeneralSecurityException, OperatorCreationException, IOException {
    var signer = new JcaContentSignerBuilder("SHA256withECDSA").build(key);
    return Pem.certificate(builder.build(signer).getEncoded());
  }

  private static CertifiedKey build(Recipe recipe) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"), RANDOM);
      return recipe.build(generator.generateKeyPair());
    } catch (GeneralSecurityException | OperatorCreationException | IOException e) {
      throw new IllegalStateException("a certificate could not be built", e);
    }
  }

  private static X500Name authority(String commonName, String trustDomain) {
    return new X500NameBuilder(BCStyle.INSTANCE)
        .addRDN(BCStyle.O, trustDomain)
        .addRDN(BCStyle.CN, commonName)
        .build();
  }

  private static X500Name commonName(String name) {
    return new X500NameBuilder(BCStyle.INSTANCE).addRDN(BCStyle.CN, name).build();
  }

  private static GeneralName uri(String uri) {
    return new GeneralName(GeneralName.uniformResourceIdentifier, uri);
  }

  private interface Recipe {
    CertifiedKey build(KeyPair keys)
        throws GeneralSecurityException, OperatorCreationException, IOException;
  }
}

package io.sallyport.identity;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A workload's identity in the form that Istio gave it: `spiffe://TRUST-DOMAIN/ns/NS/sa/SA`
/// (SPIFFE ID specification, section 2). Its parts are valid names, or it can't be made.
public record SpiffeId(String trustDomain, String namespace, String serviceAccount) {
  private static final Pattern FORM = Pattern.compile("spiffe://([^/]+)/ns/([^/]+)/sa/([^/]+)");

  public SpiffeId {
    require(DnsNames.isHost(trustDomain), "trust domain", trustDomain);
    require(DnsNames.isLabel(namespace), "namespace", namespace);
    require(DnsNames.isSubdomain(serviceAccount), "service account", serviceAccount);
  }

  /// The control plane's own identity; it is given to no workload.
  public static SpiffeId controlPlane(String trustDomain) {
    return new SpiffeId(trustDomain, "sallyport-system", "sallyport");
  }

  /// Reads the form above and no other; empty for anything else.
  public static Optional<SpiffeId> parse(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()
        || !DnsNames.isHost(matcher.group(1))
        || !DnsNames.isLabel(matcher.group(2))
        || !DnsNames.isSubdomain(matcher.group(3))) {
      return Optional.empty();
    }
    return Optional.of(new SpiffeId(matcher.group(1), matcher.group(2), matcher.group(3)));
  }

  public boolean isControlPlane() {
    return equals(controlPlane(trustDomain));
  }

  @Override
  public String toString() {
    return "spiffe://" + trustDomain + "/ns/" + namespace + "/sa/" + serviceAccount;
  }

  private static void require(boolean valid, String what, String value) {
    if (!valid) {
      throw new IdentityException(
          "'" + value + "' is no " + what + ": expected lower-case letters, digits and '-'");
    }
  }
}

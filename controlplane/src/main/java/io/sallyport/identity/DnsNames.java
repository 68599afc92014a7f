package io.sallyport.identity;

import java.util.regex.Pattern;

/// The two forms of name that Kubernetes uses. Neither can hold a slash, a quote, a space or a dot
/// segment, so what passes is safe in a SPIFFE ID, a path and a document.
public final class DnsNames {
  private static final String LABEL = "[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?";
  private static final Pattern ONE_LABEL = Pattern.compile(LABEL);
  private static final Pattern LABELS = Pattern.compile(LABEL + "(?:\\." + LABEL + ")*");
  private static final Pattern NUMBER_LAST = Pattern.compile("(?:.*\\.)?[0-9]+");

  private DnsNames() {}

  /// An RFC 1123 label, as namespaces are named.
  public static boolean isLabel(String text) {
    return ONE_LABEL.matcher(text).matches();
  }

  /// An RFC 1123 subdomain, as service accounts and workloads are named: labels with dots between,
  /// at most 253 characters.
  public static boolean isSubdomain(String text) {
    return text.length() <= 253 && LABELS.matcher(text).matches();
  }

  /// A subdomain that can't be mistaken for an IP address, as trust domains and hosts are named.
  public static boolean isHost(String text) {
    return isSubdomain(text) && !NUMBER_LAST.matcher(text).matches();
  }
}

package io.sallyport.policy;

import java.net.InetAddress;
import java.util.regex.Pattern;

/// Tells IP literals from names, without ever asking DNS.
public final class IpAddress {
  private static final String OCTET = "(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
  private static final Pattern V4 = Pattern.compile(OCTET + "(\\." + OCTET + "){3}");
  private static final Pattern V6_CHARACTERS = Pattern.compile("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");

  private IpAddress() {}

  /// Whether `text` is an IPv4 address in four decimal parts, or an IPv6 address without brackets
  /// and without a zone.
  public static boolean isLiteral(String text) {
    if (V4.matcher(text).matches()) {
      return true;
    }
    if (!V6_CHARACTERS.matcher(text).matches()) {
      return false;
    }
    try {
      InetAddress.ofLiteral(text);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}

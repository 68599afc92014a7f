package io.sallyport.policy;

import io.sallyport.policy.problem.Printable;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Optional;
import java.util.regex.Pattern;

/// IP addresses as users write them. Only the canonical spelling of an IPv4 address passes, since
/// programs disagree about the others (`010.0.0.1`, `0x7f.1`, `2130706433`). Nothing is ever looked
/// up.
public final class IpLiteral {
  private static final Pattern DOTTED_QUAD =
      Pattern.compile("((25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])(\\.(?!$)|$)){4}");
  private static final Pattern IPV6 = Pattern.compile("[0-9a-fA-F:.]{2,45}");
  private static final Pattern NUMBER = Pattern.compile("[0-9]+|0[xX][0-9a-fA-F]*");
  private static final int LONGEST = 60;

  private IpLiteral() {}

  /// An IPv4 or IPv6 address, in its canonical spelling.
  public static Parsed<String> parse(String written) {
    if (DOTTED_QUAD.matcher(written).matches()) {
      return Parsed.valid(written);
    }
    if (IPV6.matcher(written).matches() && written.indexOf(':') >= 0) {
      return ipv6(written);
    }
    return Parsed.invalid(
        Printable.quote(written) + " is not an IP address",
        disguisedIpv4(written).map(ip -> "write `" + ip + "`").orElse(""));
  }

  /// Whether the text is an IP address that [#parse] takes.
  public static boolean isIp(String written) {
    return parse(written) instanceof Parsed.Valid;
  }

  /// Whether some program might take the text for an IPv4 address: its last label is a number
  /// (WHATWG URL, "ends in a number").
  static boolean looksLikeIpv4(String host) {
    return NUMBER.matcher(host.substring(host.lastIndexOf('.') + 1)).matches();
  }

  /// The address that C programs make of spellings such as `0x7f.1` (POSIX `inet_addr`).
  static Optional<String> disguisedIpv4(String written) {
    if (written.length() > LONGEST || !looksLikeIpv4(written)) {
      return Optional.empty();
    }
    try {
      return Optional.of(Inet4Address.ofPosixLiteral(written).getHostAddress());
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  /// The canonical spelling of an address of 4 or 16 bytes.
  public static String text(byte[] address) {
    if (address.length != 4) {
      return compressed(address);
    }
    return "%d.%d.%d.%d"
        .formatted(address[0] & 0xff, address[1] & 0xff, address[2] & 0xff, address[3] & 0xff);
  }

  private static Parsed<String> ipv6(String written) {
    try {
      InetAddress address = Inet6Address.ofLiteral(written);
      // an IPv4-mapped address is the IPv4 address that it wraps
      return address instanceof Inet4Address
          ? Parsed.invalid(
              Printable.quote(written) + " is an IPv4 address in disguise",
              "write `" + address.getHostAddress() + "`")
          : Parsed.valid(compressed(address.getAddress()));
    } catch (IllegalArgumentException _) {
      return Parsed.invalid(Printable.quote(written) + " is not an IP address");
    }
  }

  /// RFC 5952: lower case, no leading zeros, `::` for the longest run of at least two zeros.
  private static String compressed(byte[] address) {
    int[] groups = new int[8];
    for (int i = 0; i < 8; i++) {
      groups[i] = (address[2 * i] & 0xff) << 8 | address[2 * i + 1] & 0xff;
    }
    int runStart = -1;
    int runLength = 1;
    for (int start = 0; start < 8; start++) {
      int end = start;
      while (end < 8 && groups[end] == 0) {
        end++;
      }
      if (end - start > runLength) {
        runStart = start;
        runLength = end - start;
      }
    }
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 8; i++) {
      if (i == runStart) {
        text.append("::");
        i += runLength - 1;
      } else {
        text.append(text.isEmpty() || text.charAt(text.length() - 1) == ':' ? "" : ":");
        text.append(Integer.toHexString(groups[i]));
      }
    }
    return text.toString();
  }
}

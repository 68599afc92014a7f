package io.sallyport.policy.read;

import io.sallyport.policy.EgressTrafficPolicy.Protocol;
import io.sallyport.policy.EgressTrafficPolicy.TcpMatch;
import io.sallyport.policy.IpLiteral;
import io.sallyport.policy.ValueMatch.AddressRange;
import java.util.List;
import java.util.Optional;

/// Whether and how TCP connections to a destination are known by the address that they dial: by
/// `match`, a field of our own kind, or since the hosts are addresses.
final class TcpMatchBinding {
  private static final int MOST = 1_000;

  private static final TcpMatch BY_HOST = new TcpMatch(List.of(), false);

  /// What sidecars give out themselves (virtual addresses).
  private static final AddressRange VIRTUAL = new AddressRange("240.0.0.0", 5);

  /// Stands in for what can't be read, and has an error already.
  private static final AddressRange UNREADABLE = new AddressRange("::", -1);

  private static final String VIRTUAL_HELP = "sidecars give these out as virtual addresses";

  private TcpMatchBinding() {}

  private static boolean isVirtual(AddressRange block) {
    return block.enclosing().contains(VIRTUAL);
  }

  /// @param match absent in a kind that does not have it
  static Optional<TcpMatch> bind(
      Optional<FieldValue> match, FieldValue hostsField, List<String> hosts, Protocol protocol) {
    List<String> ips = hosts.stream().filter(IpLiteral::isIp).toList();
    if (!ips.isEmpty() && ips.size() < hosts.size()) {
      hostsField.error(
          "IP addresses beside names",
          "a name is known by its TLS, an address by what is dialled; write two destinations");
    }
    if (ips.stream().anyMatch(ip -> isVirtual(AddressRange.of(ip)))) {
      hostsField.error("`hosts` has addresses of " + VIRTUAL, VIRTUAL_HELP);
    }
    if (match.isEmpty()) {
      return ips.isEmpty() ? Optional.empty() : Optional.of(BY_HOST);
    }
    FieldValue field = match.get();
    if (protocol != Protocol.TCP) {
      field.error("`match` with protocol " + protocol, "there the host is known by what is inside");
    } else if (!ips.isEmpty()) {
      field.error("`match` with IP addresses as hosts", "an address stands for itself");
    }
    TcpMatch read = field.object(TcpMatchBinding::match);
    if (!read.addresses().isEmpty() && hosts.size() > 1) {
      field.error(
          "ambiguous: `match.addresses` with %d hosts".formatted(hosts.size()),
          "which of them is meant can't be told; write a destination for each, with its own"
              + " addresses, or `virtualAddress: true`");
    }
    return Optional.of(read);
  }

  private static TcpMatch match(RecordBinder match) {
    FieldValue addresses = match.optional("addresses");
    TcpMatch read =
        new TcpMatch(
            addresses.isPresent() ? blocks(addresses) : List.of(),
            match.optional("virtualAddress").bool(false));
    if (!addresses.isPresent() && !read.virtualAddress()) {
      match.error("a `match` that names nothing", "write `addresses` or `virtualAddress: true`");
    }
    return read;
  }

  private static List<AddressRange> blocks(FieldValue list) {
    Distinct distinct = new Distinct("address");
    return list.list(
        MOST,
        item -> {
          AddressRange block = (AddressRange) item.parse(MatchForms::addresses, UNREADABLE);
          if (block.equals(UNREADABLE)) {
            return block;
          }
          if (block.prefixLength() < 8) {
            item.error(
                "`" + block + "` is too many addresses",
                "name those that are dialled, at most a block with a length of 8");
          } else if (!block.equals(block.network())) {
            item.error(
                "`%s` has bits beyond its length".formatted(block),
                "write `%s`, or the address alone".formatted(block.network()));
          }
          if (isVirtual(block)) {
            item.error("`%s` is in %s".formatted(block, VIRTUAL), VIRTUAL_HELP);
          }
          return distinct.check(item, block);
        });
  }
}

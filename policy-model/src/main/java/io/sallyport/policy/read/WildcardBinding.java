package io.sallyport.policy.read;

import io.sallyport.policy.Outside;
import io.sallyport.policy.Parsed;
import io.sallyport.policy.ValueMatch;
import io.sallyport.policy.ValueMatch.AddressRange;
import io.sallyport.policy.WildcardHost;
import io.sallyport.policy.problem.Printable;
import java.util.Comparator;
import java.util.List;

/// What a destination may say only where one of its hosts is a wildcard, and what it then may not.
final class WildcardBinding {
  private static final int MOST = 100;

  /// Stands in for what can't be read, and has an error already.
  private static final AddressRange UNREADABLE = new AddressRange("::", -1);

  private WildcardBinding() {}

  /// Private addresses that names below a wildcard may stand for besides, sorted.
  static List<AddressRange> resolvedAddresses(FieldValue field) {
    if (!field.isPresent()) {
      return List.of();
    }
    Distinct distinct = new Distinct("address block");
    return field.list(MOST, item -> block(item, distinct)).stream()
        .sorted(
            Comparator.comparing(AddressRange::address).thenComparing(AddressRange::prefixLength))
        .toList();
  }

  private static AddressRange block(FieldValue item, Distinct distinct) {
    AddressRange block = item.parse(WildcardBinding::block, UNREADABLE);
    return block.equals(UNREADABLE) ? block : distinct.check(item, block);
  }

  private static Parsed<AddressRange> block(String written) {
    return switch (MatchForms.addresses(written)) {
      case Parsed.Invalid<ValueMatch>(String message, String help) -> Parsed.invalid(message, help);
      case Parsed.Valid<ValueMatch>(AddressRange range) when range.prefixLength() > 0 ->
          Parsed.valid(range.network());
      case Parsed.Valid<ValueMatch> _ ->
          Parsed.invalid(
              Printable.quote(written) + " would mean every address",
              "name the blocks that hosts below the wildcard really have");
    };
  }

  /// Says what does not fit the hosts.
  static void check(RecordBinder to, List<String> hosts, Outside outside) {
    if (hosts.stream().noneMatch(WildcardHost::isWildcard)) {
      to.optional("resolvedAddresses")
          .ifPresent(field ->
              field.error(
                  "`resolvedAddresses` without a wildcard in `hosts`",
                  "a host that a rule names may have any address; leave it out"));
      return;
    }
    refuse(to, "outlierDetection", "which hosts there are is not known, nor their addresses");
    refuse(to, "endpoints", "an endpoint stands for one host; name the host");
    refuse(to, "match", "which host an address stands for can't be told; name the host");
    FieldValue tls = to.optional("tls");
    if (outside.tls().sni().isPresent()) {
      refuse(tls, "tls.sni", "each host is asked for by its own name; leave it out");
    }
    if (!outside.tls().subjectAltNames().isEmpty()) {
      refuse(tls, "tls.subjectAltNames", "each host has to prove its own name; leave it out");
    }
  }

  private static void refuse(RecordBinder to, String name, String help) {
    to.optional(name).ifPresent(field -> refuse(field, name, help));
  }

  private static void refuse(FieldValue field, String name, String help) {
    field.error("`" + name + "` with a wildcard in `hosts`", help);
  }
}

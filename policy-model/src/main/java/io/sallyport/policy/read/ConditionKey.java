package io.sallyport.policy.read;

import io.sallyport.policy.AuthorizationPolicy.Attribute;
import io.sallyport.policy.Parsed;
import io.sallyport.policy.problem.NearestName;
import io.sallyport.policy.problem.Printable;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The `key` of a condition (Istio, "Authorization Policy Conditions").
///
/// @param name of a header; else empty
record ConditionKey(Attribute attribute, String name) {
  static final ConditionKey STAND_IN = new ConditionKey(Attribute.HEADER, "");

  private static final Pattern HEADER =
      Pattern.compile("request\\.headers\\[([!#$%&'*+.^_`|~0-9A-Za-z-]+)]");

  private static final Map<String, Attribute> ATTRIBUTES =
      Map.of(
          "source.ip", Attribute.SOURCE_IP,
          "remote.ip", Attribute.REMOTE_IP,
          "source.namespace", Attribute.NAMESPACE,
          "source.principal", Attribute.PRINCIPAL,
          "source.serviceAccount", Attribute.SERVICE_ACCOUNT,
          "destination.ip", Attribute.DESTINATION_IP,
          "destination.port", Attribute.DESTINATION_PORT,
          "connection.sni", Attribute.SNI);

  static Parsed<ConditionKey> parse(String written) {
    Matcher header = HEADER.matcher(written);
    Attribute attribute = ATTRIBUTES.get(written);
    if (attribute != null) {
      return Parsed.valid(new ConditionKey(attribute, ""));
    } else if (header.matches()) {
      return Parsed.valid(
          new ConditionKey(Attribute.HEADER, header.group(1).toLowerCase(Locale.ROOT)));
    } else if (written.startsWith("request.auth.") || written.startsWith("experimental.")) {
      return Parsed.invalid("not supported yet: condition on " + Printable.quote(written));
    }
    return Parsed.invalid(
        "unknown key " + Printable.quote(written),
        NearestName.to(written, ATTRIBUTES.keySet())
            .map(name -> "did you mean `" + name + "`?")
            .orElse("expected `request.headers[NAME]`, `source.…`, `destination.…`, …"));
  }
}

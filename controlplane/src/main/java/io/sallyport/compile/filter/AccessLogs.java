package io.sallyport.compile.filter;

import com.google.protobuf.BoolValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.envoyproxy.envoy.config.accesslog.v3.AccessLog;
import io.envoyproxy.envoy.config.accesslog.v3.AccessLogFilter;
import io.envoyproxy.envoy.config.accesslog.v3.AndFilter;
import io.envoyproxy.envoy.config.accesslog.v3.ExtensionFilter;
import io.envoyproxy.envoy.config.accesslog.v3.MetadataFilter;
import io.envoyproxy.envoy.config.core.v3.SubstitutionFormatString;
import io.envoyproxy.envoy.extensions.access_loggers.filters.cel.v3.ExpressionFilter;
import io.envoyproxy.envoy.extensions.access_loggers.stream.v3.StdoutAccessLog;
import io.envoyproxy.envoy.type.matcher.v3.MetadataMatcher;
import io.envoyproxy.envoy.type.matcher.v3.MetadataMatcher.PathSegment;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import io.envoyproxy.envoy.type.matcher.v3.ValueMatcher;
import io.sallyport.compile.Names;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// Access logs: JSON lines on standard output, the same fields everywhere. What does not apply is
/// `null`. Values come from clients: only JSON keeps them from forging a line.
public final class AccessLogs {
  static final String PEER = "downstream_peer";
  static final String PEER_URI_SAN = "%DOWNSTREAM_PEER_URI_SAN%";
  private static final SortedMap<String, String> FIELDS = new TreeMap<>();

  static {
    FIELDS.put("start_time", "%START_TIME%");
    FIELDS.put("duration", "%DURATION%");
    FIELDS.put("protocol", "%PROTOCOL%");
    FIELDS.put("method", "%REQ(:METHOD)%");
    FIELDS.put("authority", "%REQ(:AUTHORITY)%");
    FIELDS.put("path", "%REQ(:PATH)%");
    FIELDS.put("user_agent", "%REQ(USER-AGENT)%");
    FIELDS.put("request_id", "%REQ(X-REQUEST-ID)%");
    FIELDS.put("response_code", "%RESPONSE_CODE%");
    FIELDS.put("response_code_details", "%RESPONSE_CODE_DETAILS%");
    FIELDS.put("response_flags", "%RESPONSE_FLAGS%");
    FIELDS.put("connection_termination_details", "%CONNECTION_TERMINATION_DETAILS%");
    FIELDS.put("downstream_transport_failure", "%DOWNSTREAM_TRANSPORT_FAILURE_REASON%");
    FIELDS.put("upstream_transport_failure", "%UPSTREAM_TRANSPORT_FAILURE_REASON%");
    FIELDS.put("filter_chain", "%FILTER_CHAIN_NAME%");
    FIELDS.put("route_name", "%ROUTE_NAME%");
    FIELDS.put("upstream_cluster", "%UPSTREAM_CLUSTER%");
    FIELDS.put("upstream_host", "%UPSTREAM_HOST%");
    FIELDS.put("requested_server_name", "%REQUESTED_SERVER_NAME%");
    FIELDS.put(PEER, PEER_URI_SAN);
    FIELDS.put("downstream_remote_address", "%DOWNSTREAM_REMOTE_ADDRESS%");
    FIELDS.put("downstream_local_address", "%DOWNSTREAM_LOCAL_ADDRESS%");
    FIELDS.put("bytes_received", "%BYTES_RECEIVED%");
    FIELDS.put("bytes_sent", "%BYTES_SENT%");
  }

  static final String POLICY = "policy";
  static final String RULE = "rule";

  static final String REASON = "reason";

  /// The one rule that let a request through.
  static final String GRANTED_BY = "granted_by";

  static final String RATE_LIMITED = "rate_limited";

  /// What a rule in shadow says of a request: `denied` where it would refuse it.
  static final String SHADOW = "shadow";

  static final String SHADOW_RESULT =
      "%DYNAMIC_METADATA(" + Rbac.NAME + ":" + Rbac.SHADOW_PREFIX + Rbac.SHADOW_RESULT_KEY + ")%";

  private static final String CLIENT = "downstream_remote_address";

  private AccessLogs() {}

  /// Of connections that no rule allows.
  static AccessLog ofBlocked() {
    return log("stdout", stdout(Names.NO_RULE, Names.NO_RULE));
  }

  /// Of TLS that a sidecar carries to a gateway.
  static AccessLog ofTunnel(Granted granted) {
    return log("stdout", stdout(granted.policy(), granted.rule()));
  }

  /// Of hops that ask a gateway for a destination that it does not have.
  static AccessLog ofUnknownDestination() {
    StdoutAccessLog.Builder log = stdout(Names.NO_RULE, Names.NO_RULE).toBuilder();
    put(log, REASON, "unknown_destination");
    return log("stdout-unknown", log.build()).toBuilder()
        .setFilter(where(NetworkRbac.NAME, NetworkRbac.UNKNOWN_KEY, Rbac.RESULT_DENIED, false))
        .build();
  }

  /// Of connections that leave a gateway with the TLS of an application. Which client it was says,
  /// other than for wildcards, the log of the hop, which has the same `downstream_remote_address`.
  static AccessLog ofExternalTunnel(Granted granted) {
    return log("stdout", inner(granted.policy(), granted.rule()).build());
  }

  /// The same to hosts below a wildcard.
  static AccessLog ofTunnelBelow(Granted granted) {
    StdoutAccessLog.Builder log = inner(granted.policy(), granted.rule());
    put(log, REASON, either("has(upstream.address) ? [] : ['host_not_resolved']"));
    return log("stdout", log.build());
  }

  /// Why a request that was granted went nowhere, where a host below a wildcard was not found; in
  /// Envoy's words that is `dns_resolution_failure{WHY}`.
  static String unresolved() {
    return either(
        "response.code_details.startsWith('dns_resolution_failure{address_denied}')"
            + " ? ['resolved_to_private_address']"
            + " : response.code_details.startsWith('dns_resolution_failure')"
            + " ? ['host_not_resolved'] : []");
  }

  /// The one item of a CEL list; of an empty list `null`.
  private static String either(String list) {
    return "%CEL((" + list + ")[0])%";
  }

  static AccessLog ofInnerNotTls() {
    return ofInner("inner_not_tls");
  }

  static List<AccessLog> ofInnerOtherName() {
    String noName = "!has(connection.requested_server_name)";
    String emptyName = "connection.requested_server_name == ''";
    return List.of(
        ofInner("inner_sni_missing").toBuilder()
            .setFilter(where(noName + " || " + emptyName))
            .build(),
        ofInner("inner_sni_mismatch").toBuilder()
            .setFilter(where("!(" + noName + " || " + emptyName + ")"))
            .build());
  }

  private static AccessLog ofInner(String reason) {
    StdoutAccessLog.Builder log = inner(Names.NO_RULE, Names.NO_RULE);
    put(log, REASON, reason);
    return log("stdout-" + reason, log.build());
  }

  private static StdoutAccessLog.Builder inner(String policy, String rule) {
    StdoutAccessLog.Builder log = stdout(policy, rule).toBuilder();
    putClient(log);
    return log;
  }

  /// Within a hop: what is known of its client there, where [HopClient] noted it.
  static void putClient(StdoutAccessLog.Builder log) {
    put(log, CLIENT, "%FILTER_STATE(" + Names.CLIENT_ADDRESS_STATE + ":PLAIN)%");
    put(log, PEER, "%FILTER_STATE(" + Names.CLIENT_STATE + ":PLAIN)%");
  }

  static AccessLog log(String name, StdoutAccessLog config) {
    return AccessLog.newBuilder().setName(name).setTypedConfig(Extensions.any(config)).build();
  }

  /// Of connections whose TLS handshake failed, of which no other log ever has a line: no client
  /// certificate, an unknown authority, a foreign trust domain. Whatever name such a certificate
  /// holds is a claim, and not logged as the peer's.
  public static AccessLog ofFailedHandshakes() {
    StdoutAccessLog.Builder failed = stdout(Names.NO_RULE, Names.NO_RULE).toBuilder();
    failed.getLogFormatBuilder().getJsonFormatBuilder().removeFields(PEER);
    put(failed, "unverified_peer", PEER_URI_SAN);
    return log("stdout-handshake", failed.build()).toBuilder()
        .setFilter(where("has(connection.transport_failure_reason)"))
        .build();
  }

  private static AccessLogFilter where(String expression) {
    return AccessLogFilter.newBuilder()
        .setExtensionFilter(
            ExtensionFilter.newBuilder()
                .setName("envoy.access_loggers.extension_filters.cel")
                .setTypedConfig(
                    Extensions.any(
                        ExpressionFilter.newBuilder().setExpression(expression).build())))
        .build();
  }

  /// Of a sidecar's requests: the route knows its policy and rule. They are `null` where no route
  /// was looked for, because the request could not be read. A route's rules may refuse what it
  /// leads to; such requests have a log of their own.
  static List<AccessLog> ofRouted() {
    StdoutAccessLog.Builder routed = stdout(ofRoute(POLICY), ofRoute(RULE)).toBuilder();
    put(routed, SHADOW, SHADOW_RESULT);
    StdoutAccessLog.Builder refused = stdout(Names.NO_RULE, Names.NO_RULE).toBuilder();
    put(refused, REASON, "not_granted");
    StdoutAccessLog.Builder limited = stdout(ofRoute(POLICY), ofRoute(RULE)).toBuilder();
    put(limited, REASON, RATE_LIMITED);
    put(limited, GRANTED_BY, "%DYNAMIC_METADATA(" + Rbac.NAME + ":" + Rbac.POLICY_KEY + ")%");
    AccessLogFilter allowed = where(Rbac.NAME, Rbac.RESULT_KEY, Rbac.RESULT_ALLOWED, true);
    return List.of(
        log("stdout", routed.build()).toBuilder().setFilter(both(allowed, limited(false))).build(),
        log("stdout-limited", limited.build()).toBuilder()
            .setFilter(both(allowed, limited(true)))
            .build(),
        log("stdout-refused", refused.build()).toBuilder()
            .setFilter(where(Rbac.NAME, Rbac.RESULT_KEY, Rbac.RESULT_DENIED, false))
            .build());
  }

  /// Whether a request was one too many.
  static AccessLogFilter limited(boolean limited) {
    String details = "has(response.code_details) && response.code_details == '%s'";
    String isLimited = details.formatted(RateLimits.DETAILS);
    return where(limited ? isLimited : "!(" + isLimited + ")");
  }

  static AccessLogFilter both(AccessLogFilter one, AccessLogFilter other) {
    return AccessLogFilter.newBuilder()
        .setAndFilter(AndFilter.newBuilder().addFilters(one).addFilters(other))
        .build();
  }

  /// Envoy leaves its decision in the request's metadata. A request that RBAC never saw, because it
  /// could not be read, counts as `ifUndecided` says. (The log filter ignores `invert`.)
  static AccessLogFilter where(String filter, String key, String result, boolean ifUndecided) {
    MetadataMatcher matcher =
        MetadataMatcher.newBuilder()
            .setFilter(filter)
            .addPath(PathSegment.newBuilder().setKey(key))
            .setValue(
                ValueMatcher.newBuilder()
                    .setStringMatch(StringMatcher.newBuilder().setExact(result)))
            .build();
    return AccessLogFilter.newBuilder()
        .setMetadataFilter(
            MetadataFilter.newBuilder()
                .setMatcher(matcher)
                .setMatchIfKeyNotFound(BoolValue.of(ifUndecided)))
        .build();
  }

  static String ofRoute(String key) {
    return "%METADATA(ROUTE:" + Names.METADATA + ":" + key + ")%";
  }

  static StdoutAccessLog stdout(String policy, String rule) {
    Struct.Builder fields = Struct.newBuilder();
    FIELDS.forEach((name, value) -> fields.putFields(name, string(value)));
    fields.putFields(POLICY, string(policy));
    fields.putFields(RULE, string(rule));
    return StdoutAccessLog.newBuilder()
        .setLogFormat(SubstitutionFormatString.newBuilder().setJsonFormat(fields))
        .build();
  }

  static void put(StdoutAccessLog.Builder log, String name, String value) {
    log.getLogFormatBuilder().getJsonFormatBuilder().putFields(name, string(value));
  }

  private static Value string(String text) {
    return Value.newBuilder().setStringValue(text).build();
  }
}

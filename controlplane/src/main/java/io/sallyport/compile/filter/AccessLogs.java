package io.sallyport.compile.filter;

import com.google.protobuf.BoolValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.envoyproxy.envoy.config.accesslog.v3.AccessLog;
import io.envoyproxy.envoy.config.accesslog.v3.AccessLogFilter;
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
  private static final String PEER = "downstream_peer";
  private static final String PEER_URI_SAN = "%DOWNSTREAM_PEER_URI_SAN%";
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

  private static final String POLICY = "policy";
  private static final String RULE = "rule";
  private static final String GRANTED_BY = "granted_by";

  private AccessLogs() {}

  /// Of connections that no rule allows.
  static AccessLog ofBlocked() {
    return AccessLog.newBuilder()
        .setName("stdout")
        .setTypedConfig(Extensions.any(stdout(Names.NO_RULE, Names.NO_RULE)))
        .build();
  }

  /// Of connections whose TLS handshake failed, of which no other log ever has a line: no client
  /// certificate, an unknown authority, a foreign trust domain. Whatever name such a certificate
  /// holds is a claim, and not logged as the peer's.
  public static AccessLog ofFailedHandshakes() {
    StdoutAccessLog.Builder failed = stdout(Names.NO_RULE, Names.NO_RULE).toBuilder();
    failed.getLogFormatBuilder().getJsonFormatBuilder().removeFields(PEER);
    put(failed, "unverified_peer", PEER_URI_SAN);
    return AccessLog.newBuilder()
        .setName("stdout-handshake")
        .setTypedConfig(Extensions.any(failed.build()))
        .setFilter(
            AccessLogFilter.newBuilder()
                .setExtensionFilter(
                    ExtensionFilter.newBuilder()
                        .setName("envoy.access_loggers.extension_filters.cel")
                        .setTypedConfig(
                            Extensions.any(
                                ExpressionFilter.newBuilder()
                                    .setExpression("has(connection.transport_failure_reason)")
                                    .build()))))
        .build();
  }

  /// Of a sidecar's requests: the route knows its policy and rule. They are `null` where no route
  /// was looked for, because the request could not be read.
  static List<AccessLog> ofRouted() {
    return List.of(
        AccessLog.newBuilder()
            .setName("stdout")
            .setTypedConfig(Extensions.any(stdout(ofRoute(POLICY), ofRoute(RULE))))
            .build());
  }

  /// Of a gateway's requests. A route names the rules that grant it, but only RBAC knows whether
  /// one of them let this client through; so there are two logs, and each request is in one of
  /// them. `granted_by` is the one RBAC policy that did, where a route has several.
  static List<AccessLog> ofAuthorised() {
    StdoutAccessLog.Builder granted = stdout(ofRoute(POLICY), ofRoute(RULE)).toBuilder();
    put(granted, GRANTED_BY, "%DYNAMIC_METADATA(" + Rbac.NAME + ":" + Rbac.POLICY_KEY + ")%");
    StdoutAccessLog.Builder refused = stdout(Names.NO_RULE, Names.NO_RULE).toBuilder();
    put(refused, GRANTED_BY, Names.NO_RULE);
    return List.of(
        AccessLog.newBuilder()
            .setName("stdout-granted")
            .setFilter(whereRbacSaid(Rbac.RESULT_ALLOWED, false))
            .setTypedConfig(Extensions.any(granted.build()))
            .build(),
        AccessLog.newBuilder()
            .setName("stdout-refused")
            .setFilter(whereRbacSaid(Rbac.RESULT_DENIED, true))
            .setTypedConfig(Extensions.any(refused.build()))
            .build());
  }

  /// Envoy leaves its decision in the request's metadata. A request that RBAC never saw, because it
  /// could not be read, counts as `ifUndecided` says. (The log filter ignores `invert`.)
  private static AccessLogFilter whereRbacSaid(String result, boolean ifUndecided) {
    MetadataMatcher matcher =
        MetadataMatcher.newBuilder()
            .setFilter(Rbac.NAME)
            .addPath(PathSegment.newBuilder().setKey(Rbac.RESULT_KEY))
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

  private static String ofRoute(String key) {
    return "%METADATA(ROUTE:" + Names.METADATA + ":" + key + ")%";
  }

  private static StdoutAccessLog stdout(String policy, String rule) {
    Struct.Builder fields = Struct.newBuilder();
    FIELDS.forEach((name, value) -> fields.putFields(name, string(value)));
    fields.putFields(POLICY, string(policy));
    fields.putFields(RULE, string(rule));
    return StdoutAccessLog.newBuilder()
        .setLogFormat(SubstitutionFormatString.newBuilder().setJsonFormat(fields))
        .build();
  }

  private static void put(StdoutAccessLog.Builder log, String name, String value) {
    log.getLogFormatBuilder().getJsonFormatBuilder().putFields(name, string(value));
  }

  private static Value string(String text) {
    return Value.newBuilder().setStringValue(text).build();
  }
}

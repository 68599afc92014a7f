package io.sallyport.app;

import io.sallyport.mesh.ProxyKind;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// `KIND/NAMESPACE/NAME` on the command line, for example `sidecar/mytest/sleep-a`.
record ProxyName(ProxyKind kind, String namespace, String name) {
  static ProxyName parse(String text) {
    String[] parts = text.split("/", -1);
    if (parts.length == 3 && !parts[1].isEmpty() && !parts[2].isEmpty()) {
      for (ProxyKind kind : ProxyKind.values()) {
        if (word(kind).equals(parts[0])) {
          return new ProxyName(kind, parts[1], parts[2]);
        }
      }
    }
    throw new TypeConversionException(
        "'"
            + text
            + "' names no proxy: write sidecar/NAMESPACE/WORKLOAD or"
            + " egress-gateway/NAMESPACE/WORKLOAD");
  }

  static String word(ProxyKind kind) {
    return switch (kind) {
      case SIDECAR -> "sidecar";
      case EGRESS_GATEWAY -> "egress-gateway";
      case INGRESS_GATEWAY -> "ingress-gateway";
    };
  }

  @Override
  public String toString() {
    return word(kind) + "/" + namespace + "/" + name;
  }

  /// For picocli.
  static final class Converter implements ITypeConverter<ProxyName> {
    @Override
    public ProxyName convert(String text) {
      return parse(text);
    }
  }
}

package io.sallyport.policy.read;

import io.sallyport.policy.Metadata;
import io.sallyport.policy.Parsed;
import io.sallyport.policy.TlsSecret;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/// `v1 Secret` of type `kubernetes.io/tls`. No message says what a value is.
final class TlsSecretBinding {
  static final String TYPE = "kubernetes.io/tls";
  private static final String CERTIFICATE = "tls.crt";
  private static final String KEY = "tls.key";

  private TlsSecretBinding() {}

  static TlsSecret bind(Metadata metadata, RecordBinder document) {
    document.ignored("type", "immutable");
    FieldValue data = document.optional("data");
    FieldValue text = document.optional("stringData");
    Map<String, String> values = new HashMap<>(values(data, TlsSecretBinding::decoded));
    values.putAll(values(text, Parsed::valid));
    for (String name : new String[] {CERTIFICATE, KEY}) {
      if (!values.containsKey(name)) {
        document.error("the Secret has no `" + name + "`", "it stands in `data`, in base64");
      }
    }
    return new TlsSecret(
        metadata, values.getOrDefault(CERTIFICATE, ""), values.getOrDefault(KEY, ""));
  }

  private static Map<String, String> values(
      FieldValue field, Function<String, Parsed<String>> form) {
    return field.isPresent() ? field.map(Parsed::valid, value -> value.parse(form, "")) : Map.of();
  }

  private static Parsed<String> decoded(String base64) {
    if (base64.isBlank()) {
      return Parsed.invalid("the value is empty");
    }
    try {
      // lines may be folded; a MIME decoder would skip whatever else is no base64 as well
      byte[] bytes = Base64.getDecoder().decode(base64.replaceAll("\\s", ""));
      return Parsed.valid(new String(bytes, StandardCharsets.US_ASCII));
    } catch (IllegalArgumentException _) {
      return Parsed.invalid("the value is not base64");
    }
  }
}

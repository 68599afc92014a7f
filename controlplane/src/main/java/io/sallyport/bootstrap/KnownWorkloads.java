package io.sallyport.bootstrap;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonParseException;
import io.sallyport.identity.PrivateFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The workloads of the registry as the control plane last saw them, `DATA/workloads.json`: what a
/// bootstrap needs to know without reading documents. Written by one process, read by others.
public final class KnownWorkloads {
  private static final Logger log = LoggerFactory.getLogger(KnownWorkloads.class);
  private static final Gson JSON = new GsonBuilder().setPrettyPrinting().create();

  private final Path file;
  private List<Known> written = List.of();

  public KnownWorkloads(Path data) {
    this.file = data.resolve("workloads.json");
  }

  /// @param kind what its proxy is, as commands write it: `sidecar`, `egress-gateway`,
  ///   `ingress-gateway`
  public record Known(String namespace, String workload, String serviceAccount, String kind) {}

  /// Replaces what is known, if it changed. A disk that takes nothing is logged and tried again
  /// with the next change.
  public synchronized void write(Collection<Known> workloads) {
    TreeMap<String, Known> sorted = new TreeMap<>();
    workloads.forEach(known -> sorted.put(known.namespace() + "/" + known.workload(), known));
    List<Known> now = List.copyOf(sorted.values());
    if (now.equals(written) && Files.exists(file)) {
      return;
    }
    byte[] text = (JSON.toJson(new Content(now)) + "\n").getBytes(StandardCharsets.UTF_8);
    try {
      PrivateFiles.replace(file, text, PrivateFiles.OWNER_ONLY, false);
      written = now;
    } catch (IOException e) {
      log.warn(
          "{} can't be written, bootstraps will not know new workloads: {}", file, e.toString());
    }
  }

  /// The workload of that name; empty when nobody knows it, or the file can't be read.
  public Optional<Known> find(String namespace, String workload) {
    try {
      Content content = JSON.fromJson(Files.readString(file), Content.class);
      if (content == null || content.workloads() == null) {
        return Optional.empty();
      }
      return content.workloads().stream()
          .filter(KnownWorkloads::isWhole)
          .filter(known -> known.namespace().equals(namespace) && known.workload().equals(workload))
          .findFirst();
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException | JsonParseException e) {
      log.warn("{} is not used: {}", file, e.toString());
      return Optional.empty();
    }
  }

  /// A file may lack what the type promises.
  private static boolean isWhole(@Nullable Known known) {
    return known != null
        && Stream.of(known.namespace(), known.workload(), known.serviceAccount(), known.kind())
            .allMatch(Objects::nonNull);
  }

  private record Content(@Nullable List<Known> workloads) {}
}

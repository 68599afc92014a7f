package io.sallyport.bootstrap;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonParseException;
import io.sallyport.identity.IdentityException;
import io.sallyport.identity.PrivateFiles;
import io.sallyport.identity.SpiffeId;
import io.sallyport.identity.Svid;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Which bootstraps below the data directory are to be kept fresh, one file each in
/// `DATA/bootstraps.d`. The record lies there, and not in the bootstrap's own directory, because
/// that one may be mounted into the proxy's container: a proxy that could write the record could
/// ask for another's identity.
final class IssuedBootstraps {
  private static final Logger log = LoggerFactory.getLogger(IssuedBootstraps.class);
  private static final Gson JSON = new GsonBuilder().setPrettyPrinting().create();

  private final Path data;
  private final Path records;

  IssuedBootstraps(Path data) {
    this.data = data.toAbsolutePath().normalize();
    this.records = this.data.resolve("bootstraps.d");
  }

  /// One bootstrap.
  ///
  /// @param directory relative to the data directory
  record Issued(
      Path file, Path directory, SpiffeId id, String workload, Duration ttl, Instant renewAt) {
    Issued renewed(Svid svid) {
      return new Issued(file, directory, id, workload, ttl, svid.renewAt());
    }
  }

  /// Records a bootstrap that was just written; one outside of the data directory is not, since
  /// nobody is asked to write there.
  ///
  /// @param directory the real path of the bootstrap's directory
  /// @return what was recorded
  Optional<Issued> record(Path directory, Svid svid, String workload, Duration ttl)
      throws IOException {
    Path real = data.toRealPath();
    if (!directory.startsWith(real) || directory.equals(real)) {
      return Optional.empty();
    }
    Path relative = real.relativize(directory);
    byte[] name = relative.toString().getBytes(StandardCharsets.UTF_8);
    Path file = records.resolve(sha256(name) + ".json");
    Issued issued = new Issued(file, relative, svid.id(), workload, ttl, svid.renewAt());
    write(issued);
    return Optional.of(issued);
  }

  void write(Issued issued) throws IOException {
    PrivateFiles.createDirectory(records);
    Text text =
        new Text(
            issued.directory().toString(),
            issued.id().toString(),
            issued.workload(),
            issued.ttl().toSeconds(),
            issued.renewAt().toString());
    PrivateFiles.replace(
        issued.file(),
        (JSON.toJson(text) + "\n").getBytes(StandardCharsets.UTF_8),
        PrivateFiles.OWNER_ONLY,
        true);
  }

  void delete(Issued issued) throws IOException {
    Files.deleteIfExists(issued.file());
  }

  /// All records that can be read; the others are logged.
  List<Issued> all() {
    if (!Files.isDirectory(records)) {
      return List.of();
    }
    List<Issued> all = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(records, "[!.]*.json")) {
      for (Path file : files) {
        read(file).ifPresent(all::add);
      }
    } catch (IOException | DirectoryIteratorException e) {
      log.warn("{} can't be read: {}", records, e.toString());
    }
    return all;
  }

  private static Optional<Issued> read(Path file) {
    try {
      Text text = JSON.fromJson(Files.readString(file), Text.class);
      return Optional.of(
          new Issued(
              file,
              Path.of(text.directory()),
              SpiffeId.parse(text.id()).orElseThrow(() -> new JsonParseException("no SPIFFE ID")),
              text.workload(),
              Duration.ofSeconds(text.ttlSeconds()),
              Instant.parse(text.renewAt())));
    } catch (IOException
        | JsonParseException
        | DateTimeException
        | IdentityException
        | NullPointerException e) {
      log.warn("{} is not used, its bootstrap is not kept fresh: {}", file, e.toString());
      return Optional.empty();
    }
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes), 0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private record Text(
      String directory, String id, String workload, long ttlSeconds, String renewAt) {}
}

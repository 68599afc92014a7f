package io.sallyport.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.bootstrap.KnownWorkloads.Known;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What one process tells another about the registry.
class KnownWorkloadsTest {
  private static final Known SLEEP = new Known("mytest", "sleep-a", "sleepers", "sidecar");
  private static final Known NGINX = new Known("default", "nginx", "nginx", "sidecar");

  @TempDir Path data;

  @Test
  void whatOneWritesTheOtherFinds() {
    new KnownWorkloads(data).write(List.of(SLEEP, NGINX));
    KnownWorkloads reader = new KnownWorkloads(data);
    assertThat(reader.find("mytest", "sleep-a")).contains(SLEEP);
    assertThat(reader.find("default", "nginx")).contains(NGINX);
    assertThat(reader.find("default", "sleep-a")).isEmpty();
    new KnownWorkloads(data).write(List.of(NGINX));
    assertThat(reader.find("mytest", "sleep-a")).isEmpty();
  }

  @Test
  void theSameAgainIsNotWritten() throws Exception {
    KnownWorkloads workloads = new KnownWorkloads(data);
    workloads.write(List.of(SLEEP, NGINX));
    Path file = data.resolve("workloads.json");
    Files.setLastModifiedTime(file, FileTime.fromMillis(0));
    workloads.write(List.of(NGINX, SLEEP));
    assertThat(Files.getLastModifiedTime(file).toMillis()).isZero();
    Files.delete(file);
    workloads.write(List.of(NGINX, SLEEP));
    assertThat(file).exists();
  }

  @Test
  void aFileThatCannotBeReadKnowsNobody() throws Exception {
    KnownWorkloads workloads = new KnownWorkloads(data);
    assertThat(workloads.find("mytest", "sleep-a")).isEmpty();
    for (String text :
        List.of("", "{", "[]", "{}", "{\"workloads\": 1}", "{\"workloads\": [{}, null]}")) {
      Files.writeString(data.resolve("workloads.json"), text);
      assertThat(workloads.find("mytest", "sleep-a")).as(text).isEmpty();
    }
  }

  @Test
  void aDiskThatTakesNothingIsSurvived() throws Exception {
    Path missing = data.resolve("missing");
    KnownWorkloads workloads = new KnownWorkloads(missing);
    workloads.write(List.of(SLEEP));
    Files.createDirectory(missing);
    workloads.write(List.of(SLEEP));
    assertThat(workloads.find("mytest", "sleep-a")).contains(SLEEP);
  }
}

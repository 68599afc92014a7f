package io.sallyport.source.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Links: as Kubernetes mounts a ConfigMap, as git-sync swaps a checkout, and as nobody should.
class LinkedFolderTest {
  @TempDir private Path temporary;
  private Path root;
  private Scanning scanning;

  @BeforeEach
  void scan() throws IOException {
    root = Files.createDirectory(temporary.resolve("policies"));
    scanning = new Scanning(root);
  }

  private Map<String, String> inForce() {
    return scanning.told.inForce;
  }

  private String finding(String file) {
    return scanning.told.findings.getOrDefault(scanning.unit(file), "");
  }

  @Test
  void aConfigMapIsSwappedWholeAtEveryStep() throws Exception {
    MountedConfigMap mount = new MountedConfigMap(root.resolve("mount"));
    mount.write(Map.of("a.yaml", "a=1;\n", "b.yaml", "b=1;\n"));
    scanning.write("other.yaml", "other=1;\n");
    scanning.settle();
    Map<String, String> before = Map.of("a", "1", "b", "1", "other", "1");
    Map<String, String> after = Map.of("b", "2", "c", "2", "other", "1");
    assertThat(inForce()).isEqualTo(before);
    boolean swapped = false;
    for (MountedConfigMap.Step step : mount.steps(Map.of("b.yaml", "b=2;\n", "c.yaml", "c=2;\n"))) {
      step.run();
      scanning.step();
      swapped |= Files.readString(root.resolve("mount/..data/b.yaml")).equals("b=2;\n");
      assertThat(inForce()).isEqualTo(swapped ? after : before);
    }
    assertThat(inForce()).isEqualTo(after);
    assertThat(scanning.told.findings).isEmpty();
  }

  @Test
  void aMountSpeaksOfItsFilesUnderTheNamesThatPeopleSee() throws Exception {
    new MountedConfigMap(root).write(Map.of("a.yaml", "broken"));
    scanning.settle();
    assertThat(scanning.told.findings).containsOnlyKeys(scanning.unit("a.yaml"));
  }

  @Test
  void aSwapInTheMiddleOfReadingIsSeenWhole() throws Exception {
    MountedConfigMap mount = new MountedConfigMap(root);
    mount.write(Map.of("a.yaml", "a=1;\n", "b.yaml", "b=1;\n"));
    scanning.reader.onNextRead(() -> {
      try {
        mount.write(Map.of("a.yaml", "a=2;\n", "b.yaml", "b=2;\n"));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    });
    scanning.step();
    assertThat(inForce()).isEqualTo(Map.of("a", "2", "b", "2"));
  }

  @Test
  void aMountThatLeadsToNothingKeepsItsState() throws Exception {
    MountedConfigMap mount = new MountedConfigMap(root.resolve("mount"));
    mount.write(Map.of("a.yaml", "a=1;\n"));
    scanning.settle();
    Files.delete(root.resolve("mount/..data"));
    scanning.link("mount/..data", "..gone");
    scanning.settle();
    assertThat(inForce()).containsOnlyKeys("a");
    assertThat(finding("mount")).endsWith("a link to nothing");
    mount.write(Map.of("b.yaml", "b=1;\n"));
    scanning.settle();
    assertThat(inForce()).containsOnlyKeys("b");
    assertThat(scanning.told.findings).isEmpty();
    scanning.delete("mount");
    scanning.settle();
    assertThat(inForce()).isEmpty();
  }

  @Test
  void aRootThatIsALinkIsSwappedWhole() throws Exception {
    Path first = Files.createDirectory(temporary.resolve("first"));
    Path second = Files.createDirectory(temporary.resolve("second"));
    Files.writeString(first.resolve("a.yaml"), "a=1;\n");
    Files.writeString(first.resolve("b.yaml"), "b=1;\n");
    Files.writeString(second.resolve("b.yaml"), "b=2;\n");
    Files.writeString(second.resolve("c.yaml"), "c=2;\n");
    Path current = Files.createSymbolicLink(temporary.resolve("current"), first);
    Scanning linked = new Scanning(current);
    linked.settle();
    assertThat(linked.told.inForce).isEqualTo(Map.of("a", "1", "b", "1"));
    linked.advance(Settling.OLD.plusSeconds(1));
    Files.delete(current);
    linked.step();
    assertThat(linked.told.inForce).containsOnlyKeys("a", "b");
    Files.createSymbolicLink(current, second);
    linked.step();
    assertThat(linked.told.inForce).isEqualTo(Map.of("b", "2", "c", "2"));
    assertThat(linked.told.findings).isEmpty();
  }

  @Test
  void linksInsideAreFollowedAndNothingIsReadTwice() throws Exception {
    scanning.write(".releases/7/a.yaml", "a=7;\n");
    scanning.write(".releases/one", "one=1;\n");
    scanning.write("b.yaml", "b=1;\n");
    scanning.write("sub/c.yaml", "c=1;\n");
    scanning.link("current", ".releases/7");
    scanning.link("again", ".releases/7");
    scanning.link("one.yaml", ".releases/one");
    scanning.link("b-again.yaml", "b.yaml");
    scanning.link("sub/up", "..");
    scanning.link("a-sub", "sub");
    scanning.link("notes", "b.yaml");
    scanning.settle();
    assertThat(inForce()).isEqualTo(Map.of("a", "7", "b", "1", "c", "1", "one", "1"));
    assertThat(scanning.told.invalid).isEmpty();
    assertThat(scanning.told.findings).isEmpty();
  }

  @Test
  void linksInCirclesAndToNothingAreReported() throws Exception {
    scanning.write("b.yaml", "b=1;\n");
    scanning.link("x.yaml", "y.yaml");
    scanning.link("y.yaml", "x.yaml");
    scanning.link("self", "self");
    scanning.link("nothing.yaml", "gone.yaml");
    scanning.link("notes.txt", "gone.txt");
    scanning.settle();
    assertThat(inForce()).containsOnlyKeys("b");
    assertThat(scanning.told.findings)
        .containsOnlyKeys(
            scanning.unit("x.yaml"),
            scanning.unit("y.yaml"),
            scanning.unit("self"),
            scanning.unit("nothing.yaml"));
    assertThat(finding("self")).contains("symbolic link");
    assertThat(finding("nothing.yaml")).endsWith("a link to nothing");
  }

  @Test
  void linksThatLeadOutAreRefused() throws Exception {
    Path outside = Files.createDirectory(temporary.resolve("outside"));
    Files.writeString(outside.resolve("evil.yaml"), "evil=1;\n");
    scanning.write("a.yaml", "a=1;\n");
    scanning.write("sub/b.yaml", "b=1;\n");
    scanning.settle();
    scanning.delete("a.yaml");
    scanning.delete("sub");
    scanning.link("a.yaml", "../outside/evil.yaml");
    scanning.link("sub", outside.toString());
    scanning.link("mount", outside.toString());
    scanning.link("ignored.txt", outside.resolve("evil.yaml").toString());
    scanning.settle();
    assertThat(inForce()).as("what was held stays").containsOnlyKeys("a", "b");
    assertThat(finding("a.yaml"))
        .endsWith(
            "a link that leads out of "
                + root
                + ", to "
                + outside.toRealPath().resolve("evil.yaml"));
    assertThat(scanning.told.findings)
        .containsOnlyKeys(scanning.unit("a.yaml"), scanning.unit("sub"), scanning.unit("mount"));
  }

  @Test
  void aPayloadOutsideIsRefused() throws Exception {
    Path outside = Files.createDirectory(temporary.resolve("outside"));
    Files.writeString(outside.resolve("evil.yaml"), "evil=1;\n");
    scanning.link("..data", outside.toString());
    scanning.link("evil.yaml", "..data/evil.yaml");
    assertThat(scanning.step().waitingFor()).isPresent();
    assertThat(inForce()).isEmpty();
  }
}

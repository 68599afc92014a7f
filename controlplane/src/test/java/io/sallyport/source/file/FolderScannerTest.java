package io.sallyport.source.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.mesh.Change;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Files come, change and go.
class FolderScannerTest {
  @TempDir private Path root;
  private Scanning scanning;

  @BeforeEach
  void scan() {
    scanning = new Scanning(root);
  }

  private Map<String, String> inForce() {
    return scanning.told.inForce;
  }

  @Test
  void tellsEverythingAndThenThatItWasEverything() {
    scanning.write("a.yaml", "a=1;\nb=1;\n");
    scanning.write("sub/deeper/c.json", "c=1;");
    List<Change> changes = scanning.settle();
    assertThat(inForce()).isEqualTo(Map.of("a", "1", "b", "1", "c", "1"));
    assertThat(changes.getLast()).isEqualTo(new Change.Resync("file:test"));
    scanning.write("a.yaml", "a=2;\n");
    scanning.settle();
    assertThat(scanning.told.resyncs).isEqualTo(1);
  }

  @Test
  void anEmptyFolderIsEverythingToo() {
    assertThat(scanning.step().changes()).containsExactly(new Change.Resync("file:test"));
  }

  @Test
  void tellsOnlyWhatChanged() throws Exception {
    scanning.write("a.yaml", "a=1;\nb=1;\n");
    scanning.write("c.yaml", "c=1;\n");
    scanning.settle();
    scanning.write("a.yaml", "a=1;\nb=2;\n");
    assertThat(scanning.settle())
        .singleElement()
        .isInstanceOfSatisfying(
            Change.Upsert.class,
            upsert -> assertThat(upsert.document().key().name()).isEqualTo("b"));
    scanning.delete("c.yaml");
    assertThat(scanning.settle())
        .containsExactly(new Change.Delete("file:test", LineReader.key("c")));
    assertThat(scanning.settle()).isEmpty();
  }

  @Test
  void aFileThatIsTouchedIsNotParsedAgain() throws Exception {
    Path file = scanning.write("a.yaml", "a=1;\n");
    scanning.settle();
    scanning.reader.onNextRead(() -> {
      throw new AssertionError("parsed again");
    });
    Files.setLastModifiedTime(file, FileTime.from(Instant.EPOCH));
    assertThat(scanning.settle()).isEmpty();
  }

  @Test
  void readsOnlyFilesThatLookDifferent() {
    for (int i = 0; i < 20; i++) {
      scanning.write("f" + i + ".yaml", "d" + i + "=1;\n");
    }
    scanning.settle();
    long before = scanning.filesRead();
    scanning.step();
    assertThat(scanning.filesRead()).isEqualTo(before);
    scanning.write("f7.yaml", "d7=2;\n");
    scanning.settle();
    assertThat(scanning.filesRead() - before).as("once, and once to see it still").isEqualTo(2);
  }

  @Test
  void anOldFileIsTakenAtTheFirstReading() {
    scanning.write("a.yaml", "a=1;\n");
    scanning.advance(Settling.OLD.plusSeconds(1));
    scanning.step();
    assertThat(inForce()).isEqualTo(Map.of("a", "1"));
    assertThat(scanning.filesRead()).isEqualTo(1);
  }

  @Test
  void editorsFilesAreNobodysBusiness() {
    for (String name :
        List.of(
            ".a.yaml.swp",
            ".#a.yaml",
            "#a.yaml#",
            "a.yaml~",
            "4913",
            "a.yaml.bak",
            "sedQ1w2e3",
            ".hidden.yaml",
            ".git/config.yaml",
            "notes.txt",
            "lost+found/a.yaml",
            "old~/a.yaml")) {
      scanning.write(name, "bad=1;\n");
    }
    scanning.write("UPPER.YAML", "upper=1;\n");
    scanning.write("b.yml", "b=1;\n");
    scanning.settle();
    assertThat(inForce()).isEqualTo(Map.of("upper", "1", "b", "1"));
    assertThat(scanning.told.findings).isEmpty();
  }

  @Test
  void anInvalidDocumentIsToldAndItsNeighboursGoOn() {
    scanning.write("a.yaml", "a=1;\nb=1;\n");
    scanning.settle();
    scanning.write("a.yaml", "a=!;\nb=2;\n");
    scanning.settle();
    assertThat(inForce()).isEqualTo(Map.of("a", "1", "b", "2"));
    assertThat(scanning.told.invalid).containsOnlyKeys("a");
    scanning.write("a.yaml", "a=1;\nb=2;\n");
    scanning.settle();
    assertThat(scanning.told.invalid).isEmpty();
  }

  @Test
  void warningsOfAValidDocumentAreFindingsOfItsFile() {
    scanning.write("a.yaml", "a=?;\n");
    scanning.settle();
    assertThat(inForce()).containsKey("a");
    assertThat(scanning.told.findings).isEqualTo(Map.of(scanning.unit("a.yaml"), "odd"));
    scanning.write("a.yaml", "a=1;\n");
    scanning.settle();
    assertThat(scanning.told.findings).isEmpty();
  }

  @Test
  void aFileThatIsBrokenKeepsWhatItHeld() throws Exception {
    scanning.write("a.yaml", "a=1;\nb=1;\nc=1;\n");
    scanning.settle();
    scanning.write("a.yaml", "a=2;\nb=");
    scanning.settle();
    assertThat(inForce()).isEqualTo(Map.of("a", "2", "b", "1", "c", "1"));
    assertThat(scanning.told.invalid).containsOnlyKeys("b", "c");
    assertThat(scanning.told.findings).isEqualTo(Map.of(scanning.unit("a.yaml"), "syntax"));
    scanning.write("a.yaml", "a=2;\nb=1;\n");
    scanning.settle();
    assertThat(inForce()).isEqualTo(Map.of("a", "2", "b", "1"));
    assertThat(scanning.told.invalid).isEmpty();
    scanning.write("a.yaml", "a=2;\nb");
    scanning.settle();
    scanning.delete("a.yaml");
    scanning.settle();
    assertThat(inForce()).as("a deleted file revokes, broken or not").isEmpty();
    assertThat(scanning.told.findings).isEmpty();
  }

  @Test
  void aFileThatIsBrokenFurtherForgetsWhatWasWrongBefore() {
    scanning.write("a.yaml", "a=1;\n");
    scanning.settle();
    scanning.write("a.yaml", "a=!;\n");
    scanning.settle();
    scanning.write("a.yaml", "a\n");
    scanning.settle();
    assertThat(inForce()).isEqualTo(Map.of("a", "1"));
    assertThat(scanning.told.invalid)
        .isEqualTo(
            Map.of(
                "a",
                scanning.unit("a.yaml")
                    + ": no longer readable to its end, Namespace a may or may not be in it"));
  }

  @Test
  void aFileIsNotTakenWhileItIsWritten() {
    scanning.write("a.yaml", "a=1;\nb=1;\n");
    scanning.settle();
    scanning.write("a.yaml", "a=2;\n");
    scanning.step();
    scanning.advance(Settling.QUIET.minusMillis(1));
    scanning.step();
    scanning.write("a.yaml", "a=2;\nb=2;\n");
    scanning.step();
    scanning.advance(Duration.ofMillis(1));
    scanning.step();
    assertThat(inForce()).isEqualTo(Map.of("a", "1", "b", "1"));
    scanning.advance(Settling.QUIET);
    scanning.step();
    assertThat(inForce()).isEqualTo(Map.of("a", "2", "b", "2"));
  }

  @Test
  void aFileSeenChangingIsTakenWithoutAnotherWalk() throws Exception {
    scanning.write("a.yaml", "a=1;\n");
    scanning.write("b.yaml", "b=1;\n");
    scanning.settle();
    scanning.write("a.yaml", "a=2;\n");
    scanning.step();
    scanning.delete("b.yaml");
    scanning.recheck();
    assertThat(inForce()).isEqualTo(Map.of("a", "1", "b", "1"));
    scanning.advance(Settling.QUIET);
    scanning.recheck();
    assertThat(inForce()).isEqualTo(Map.of("a", "2", "b", "1"));
    scanning.write("a.yaml", "a=33;\n");
    scanning.step();
    scanning.write("a.yaml", "a=444;\n");
    scanning.advance(Settling.QUIET);
    scanning.recheck();
    assertThat(inForce()).isEqualTo(Map.of("a", "2"));
    scanning.settle();
    assertThat(inForce()).isEqualTo(Map.of("a", "444"));
  }

  @Test
  void aFileBeingWrittenDoesNotHoldBackAnother() {
    scanning.settle();
    scanning.write("b.yaml", "b=1;\n");
    for (int i = 0; i < 5; i++) {
      scanning.write("a.yaml", "a=" + "x".repeat(i) + ";\n");
      scanning.step();
      scanning.advance(Settling.QUIET.minusMillis(1));
    }
    scanning.step();
    assertThat(inForce()).isEqualTo(Map.of("b", "1"));
  }

  @Test
  void yamlThatEndsWithinALineWaitsLonger() {
    scanning.settle();
    scanning.write("a.yaml", "a=1;");
    scanning.write("b.json", "b=1;");
    scanning.step();
    scanning.advance(Settling.QUIET);
    scanning.step();
    assertThat(inForce()).isEqualTo(Map.of("b", "1"));
    scanning.advance(Settling.OPEN_ENDED);
    scanning.step();
    assertThat(inForce()).isEqualTo(Map.of("a", "1", "b", "1"));
  }

  @Test
  void aFileEmptiedByItsGeneratorKeepsWhatItHeld() {
    scanning.write("a.yaml", "a=1;\n");
    scanning.settle();
    scanning.write("a.yaml", "");
    scanning.step();
    scanning.advance(Settling.EMPTIED.minusMillis(1));
    scanning.step();
    assertThat(inForce()).isEqualTo(Map.of("a", "1"));
    scanning.write("a.yaml", "a=2;\n");
    scanning.settle();
    assertThat(inForce()).isEqualTo(Map.of("a", "2"));
    scanning.write("a.yaml", "");
    scanning.settle();
    assertThat(inForce()).as("emptied for good").isEmpty();
  }

  @Test
  void aFileThatNeverStandsStillIsReportedAndDoesNotBlockTheStart() {
    scanning.write("b.yaml", "b=1;\n");
    assertThat(scanning.step().waitingFor())
        .hasValue("2 files are being written".replace('2', '1'));
    for (int i = 0; i < 400; i++) {
      scanning.write("a.yaml", "a=" + "x".repeat(i) + ";\n");
      scanning.step();
      scanning.advance(Duration.ofMillis(10));
    }
    assertThat(scanning.told.resyncs).isEqualTo(1);
    assertThat(inForce()).isEqualTo(Map.of("b", "1"));
    assertThat(scanning.told.findings)
        .containsEntry(
            scanning.unit("a.yaml"),
            scanning.unit("a.yaml") + ": keeps changing, can't be read between");
    scanning.settle();
    assertThat(inForce()).containsKey("a");
    assertThat(scanning.told.findings).isEmpty();
  }

  @Test
  void aDocumentInTwoFilesIsInvalidAndItsLastFormStays() throws Exception {
    scanning.write("a.yaml", "a=1;\n");
    scanning.settle();
    scanning.write("b.yaml", "a=2;\nb=1;\n");
    scanning.settle();
    assertThat(inForce()).isEqualTo(Map.of("a", "1", "b", "1"));
    assertThat(scanning.told.invalid).isEqualTo(Map.of("a", "duplicate document Namespace a"));
    scanning.delete("a.yaml");
    scanning.settle();
    assertThat(inForce()).isEqualTo(Map.of("a", "2", "b", "1"));
    assertThat(scanning.told.invalid).isEmpty();
    scanning.write("c.yaml", "c=1;\nc=2;\n");
    scanning.settle();
    assertThat(scanning.told.invalid).containsOnlyKeys("c");
    assertThat(inForce()).doesNotContainKey("c");
  }

  @Test
  void aRenamedFileDeletesNothing() throws Exception {
    scanning.write("a.yaml", "a=1;\n");
    scanning.settle();
    scanning.advance(Duration.ofMinutes(1));
    scanning.move("a.yaml", "b.yaml");
    assertThat(scanning.settle()).singleElement().isInstanceOf(Change.Upsert.class);
  }

  @Test
  void aFileReplacedByADirectoryAndBack() throws Exception {
    scanning.write("a.yaml", "a=1;\n");
    scanning.settle();
    scanning.delete("a.yaml");
    scanning.write("a.yaml/b.yaml", "b=1;\n");
    scanning.settle();
    assertThat(inForce()).isEqualTo(Map.of("b", "1"));
    scanning.delete("a.yaml");
    scanning.write("a.yaml", "a=2;\n");
    scanning.settle();
    assertThat(inForce()).isEqualTo(Map.of("a", "2"));
  }

  @Test
  void aDirectoryThatIsDeletedRevokesAtOnce() throws Exception {
    scanning.write("sub/a.yaml", "a=1;\n");
    scanning.write("b.yaml", "b=1;\n");
    scanning.settle();
    scanning.delete("sub");
    scanning.step();
    assertThat(inForce()).isEqualTo(Map.of("b", "1"));
  }

  @Test
  void aFileThatChangesWhileItIsReadIsReadAgain() {
    scanning.write("a.yaml", "a=1;\n");
    scanning.write("b.yaml", "b=1;\n");
    scanning.advance(Settling.OLD.plusSeconds(1));
    scanning.reader.onNextRead(() -> scanning.write("b.yaml", "b=2;\nc=2;\n"));
    scanning.step();
    assertThat(inForce()).isEqualTo(Map.of("a", "1"));
    scanning.settle();
    assertThat(inForce()).isEqualTo(Map.of("a", "1", "b", "2", "c", "2"));
  }
}

package nn.layers.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {
  @TempDir private Path folder;
  private Path target;

  @BeforeEach
  void oldFile() throws IOException {
    target = Files.writeString(folder.resolve("model.bin"), "old");
  }

  private void onlyTheOldFileIsThere() throws IOException {
    assertEquals("old", Files.readString(target));
    assertEquals(List.of(target), files());
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    }
  }

  private static String failure(Path target, AtomicFile.Content content) {
    return assertThrows(IOException.class, () -> AtomicFile.write(target, content)).getMessage();
  }

  @Test
  void whatIsWrittenReplacesWhatWasThere() throws IOException {
    AtomicFile.write(target, out -> out.write("new".getBytes()));
    assertEquals("new", Files.readString(target));
    assertEquals(List.of(target), files());
  }

  @Test
  void aFullDiskLeavesTheOldFileAndOneClearMessage() throws IOException {
    String message =
        failure(
            target,
            out -> {
              out.write(new byte[200_000]);
              throw new IOException("No space left on device");
            });
    assertEquals(
        "cannot write " + target + ": No space left on device; what was there is unchanged",
        message);
    onlyTheOldFileIsThere();
  }

  @Test
  void anErrorOfTheProgramLeavesTheOldFileAndGoesThrough() throws IOException {
    assertThrows(
        IllegalStateException.class,
        () -> AtomicFile.write(
            target,
            out -> {
              out.write(1);
              throw new IllegalStateException("a bug");
            }));
    onlyTheOldFileIsThere();
  }

  @Test
  void aMissingSourceIsNotTakenForAMissingFolder() throws IOException {
    Path source = folder.resolve("source.bin");
    assertEquals(
        "cannot write " + target + ": there is no " + source + "; what was there is unchanged",
        failure(target, out -> out.write(Files.readAllBytes(source))));
    onlyTheOldFileIsThere();
  }

  @Test
  void aMissingFolderIsNamed() throws IOException {
    Path below = folder.resolve("missing").resolve("model.bin");
    String want = "cannot write " + below + ": there is no folder " + below.getParent();
    assertEquals(want, failure(below, out -> {}));
    assertEquals(
        want, assertThrows(IOException.class, () -> AtomicFile.check(below)).getMessage());
    onlyTheOldFileIsThere();
  }

  @Test
  void aFolderIsNotReplacedByAFile() throws IOException {
    for (Path taken : List.of(folder, Path.of("/"))) {
      String want = "cannot write " + taken + ": it is a folder";
      assertEquals(want, failure(taken, out -> {}));
      assertEquals(
          want, assertThrows(IOException.class, () -> AtomicFile.check(taken)).getMessage());
    }
    onlyTheOldFileIsThere();
  }

  @Test
  void aFolderWithoutPermissionIsAnErrorThatSaysSo() throws IOException {
    Path locked = Files.createDirectory(folder.resolve("locked"));
    Files.setPosixFilePermissions(locked, PosixFilePermissions.fromString("r-xr-xr-x"));
    assumeFalse(Files.isWritable(locked), "root may write everywhere");
    Path file = locked.resolve("model.bin");
    String want = "cannot write " + file + ": no permission to write into its folder";
    assertEquals(want + "; what was there is unchanged", failure(file, out -> {}));
    assertEquals(want, assertThrows(IOException.class, () -> AtomicFile.check(file)).getMessage());
  }

  @Test
  void twoWritersAtOnceAreNotInEachOthersWay() throws IOException {
    AtomicFile.write(
        target,
        out -> {
          out.write("outer".getBytes());
          AtomicFile.write(target, inner -> inner.write("inner".getBytes()));
          assertEquals("inner", Files.readString(target));
        });
    assertEquals("outer", Files.readString(target));
    assertEquals(List.of(target), files());
  }

  @Test
  void tryingWhetherAFileCanBeWrittenLeavesNothing() throws IOException {
    AtomicFile.check(target);
    AtomicFile.check(folder.resolve("new.bin"));
    onlyTheOldFileIsThere();
  }
}

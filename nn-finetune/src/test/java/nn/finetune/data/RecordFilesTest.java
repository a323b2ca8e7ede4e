package nn.finetune.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import nn.layers.image.Pixels;
import nn.layers.image.Preprocessing;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// CIFAR and IDX files.
class RecordFilesTest {
  @TempDir Path folder;

  private Path file(String name, byte[] bytes) {
    return Drawn.write(folder.resolve(name), bytes);
  }

  private String problem(Runnable body) {
    return Drawn.messageOf(body).replace(folder.toString(), "…");
  }

  /// Records of noise, with these labels; the first of two label bytes is 7.
  private static byte[] cifar(int labelBytes, int... labels) {
    byte[] bytes = new byte[labels.length * (3072 + labelBytes)];
    new SplittableRandom(1).nextBytes(bytes);
    for (int i = 0; i < labels.length; i++) {
      int at = i * (3072 + labelBytes);
      bytes[at] = 7;
      bytes[at + labelBytes - 1] = (byte) labels[i];
    }
    return bytes;
  }

  private static byte[] idx(int magic, int[] extents, int... numbers) {
    ByteBuffer bytes = ByteBuffer.allocate(4 + 4 * extents.length + numbers.length);
    bytes.putInt(magic);
    for (int extent : extents) {
      bytes.putInt(extent);
    }
    for (int number : numbers) {
      bytes.put((byte) number);
    }
    return bytes.array();
  }

  private final byte[] images =
      idx(0x803, new int[] {3, 1, 2}, 1, 2, 3, 4, 255, 6); // three images of 2×1
  private final byte[] labels = idx(0x801, new int[] {3}, 2, 0, 2);

  @Test
  void cifarRecordsArePlanesOfRedGreenAndBlue() {
    byte[] bytes = cifar(1, 3, 9, 0);
    for (Path file : List.of(file("a.bin", bytes), file("b.bin.gz", Drawn.gzip(bytes)))) {
      Dataset data = CifarRecords.read(file, CifarRecords.CIFAR10);
      assertEquals(3, data.size());
      assertEquals(9, data.label(1));
      assertEquals("truck", data.classes().get(data.label(1)));
      Pixels image = data.image(1);
      assertEquals(32, image.width());
      assertEquals(bytes[3073 + 1 + 5 * 32 + 7] & 0xff, image.at(7, 5, 0));
      assertEquals(bytes[3073 + 1 + 1024 + 5 * 32 + 7] & 0xff, image.at(7, 5, 1));
      assertEquals(bytes[3073 + 1 + 2048 + 5 * 32 + 7] & 0xff, image.at(7, 5, 2));
      assertEquals(file.getFileName() + "#1", data.name(1));
      assertEquals(Preprocessing.cifar(), data.preprocessing());
    }
  }

  @Test
  void withTwoLabelsTheFineOneIsTaken() {
    byte[] bytes = cifar(2, 30, 99);
    Dataset data = CifarRecords.read(file("a.bin", bytes), List.of());
    assertEquals(30, data.label(0));
    assertEquals(99, data.label(1));
    assertEquals(100, data.classes().size());
    assertEquals(bytes[2] & 0xff, data.image(0).at(0, 0, 0));
  }

  @Test
  void classesWithoutNamesAreNumbered() {
    assertEquals(
        List.of("0", "1", "2"),
        CifarRecords.read(file("a.bin", cifar(1, 2, 0)), List.of()).classes());
  }

  @Test
  void recordsThatDoNotAddUpAreAnError() {
    assertEquals("…/a.bin: is empty", problem(() -> Datasets.open(file("a.bin", new byte[0]))));
    byte[] cut = Arrays.copyOf(cifar(1, 1, 2), 5000);
    assertEquals(
        "…/a.bin: has 5000 bytes, which is no whole number of CIFAR records (3073 bytes each, or 3074"
            + " with two labels): it is truncated, or of another kind",
        problem(() -> Datasets.open(file("a.bin", cut))));
    assertEquals(
        "…/a.bin: image 1 has label 12, but only 2 classes were named: x, y",
        problem(() -> Datasets.open(file("a.bin", cifar(1, 1, 12)), List.of("x", "y"))));
  }

  @Test
  void idxImagesFindTheirLabels() {
    String[][] names = {
        {"train-images-idx3-ubyte", "train-labels-idx1-ubyte"},
        {"t10k-images.idx3-ubyte", "t10k-labels.idx1-ubyte"},
        {"x-images-idx3-ubyte.gz", "x-labels-idx1-ubyte.gz"},
        {"y-images-idx3-ubyte", "y-labels-idx1-ubyte.gz"},
        {"z-images-idx3-ubyte.gz", "z-labels-idx1-ubyte"},
    };
    for (String[] pair : names) {
      Path file = file(pair[0], pair[0].endsWith("gz") ? Drawn.gzip(images) : images);
      file(pair[1], pair[1].endsWith("gz") ? Drawn.gzip(labels) : labels);
      Dataset data = Datasets.open(file, List.of("a", "b", "c"));
      assertEquals(3, data.size());
      assertEquals(List.of("a", "b", "c"), data.classes());
      assertArrayEquals(new int[] {1, 0, 2}, data.counts());
      assertEquals(1, data.image(0).channels());
      assertEquals(255, data.image(2).at(0, 0, 0));
      assertEquals(6, data.image(2).at(1, 0, 0));
      assertEquals(Preprocessing.centred(1, 1, 2), data.preprocessing());
    }
  }

  @Test
  void idxIsToldFromItsContentToo() {
    Path file = file("my.images", images);
    Path beside = file("my.labels", labels);
    assertEquals(3, Datasets.open(file).size());
    assertEquals(
        "…/my.labels: holds labels; name the file of images beside it",
        problem(() -> Datasets.open(beside)));
  }

  @Test
  void whatIsWrongWithIdxIsNamed() {
    Path file = file("x-images-idx3-ubyte", images);
    assertEquals(
        "…/x-images-idx3-ubyte: the labels are looked for beside it, as x-labels-idx1-ubyte or"
            + " x-labels-idx1-ubyte.gz; there is no such file",
        problem(() -> Datasets.open(file)));
    Path two = file("two", idx(0x801, new int[] {2}, 0, 1));
    assertEquals(
        "…/x-images-idx3-ubyte: has 3 images, but …/two has 2 labels: they do not belong together",
        problem(() -> IdxFiles.read(file, two, List.of())));
    assertEquals(
        "…/x-images-idx3-ubyte: holds images, and should hold the labels",
        problem(() -> IdxFiles.read(file, file, List.of())));
    Path other = file("other-images-idx3-ubyte", new byte[] {1, 2, 3, 4});
    assertEquals(
        "…/other-images-idx3-ubyte: is not an IDX file of images: it begins with 01020304, and should"
            + " with 00000803",
        problem(() -> Datasets.open(other)));
  }

  @Test
  void idxCutAnywhereIsAnError() {
    file("x-labels-idx1-ubyte", labels);
    for (int length = 0; length < images.length; length++) {
      Path cut = file("x-images-idx3-ubyte", Arrays.copyOf(images, length));
      assertTrue(problem(() -> Datasets.open(cut)).startsWith("…/x-images-idx3-ubyte: "));
    }
    Path longer = file("x-images-idx3-ubyte", Arrays.copyOf(images, images.length + 1));
    assertEquals(
        "…/x-images-idx3-ubyte: should hold 6 bytes after its header and holds 7: it is truncated or"
            + " corrupt",
        problem(() -> Datasets.open(longer)));
  }

  @Test
  void extentsThatCannotBeAreAnError() {
    file("x-labels-idx1-ubyte", labels);
    int[][] extents = {{-1, 1, 2}, {0, 1, 2}, {65_536, 65_536, 65_536}, {Integer.MAX_VALUE, 2, 2}};
    for (int[] each : extents) {
      Path file = file("x-images-idx3-ubyte", idx(0x803, each, 1, 2, 3, 4, 5, 6));
      assertTrue(problem(() -> Datasets.open(file)).contains("which cannot be"));
    }
    Path wide = file("x-images-idx3-ubyte", idx(0x803, new int[] {3, 1, 5000}, new int[15_000]));
    assertEquals(
        "…/x-images-idx3-ubyte: says that its images are 5000×1; at most 4096×4096 are read",
        problem(() -> Datasets.open(wide)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.bin.gz", "x-images-idx3-ubyte.gz"})
  void truncatedGzipIsAnErrorWhereverItEnds(String name) {
    file("x-labels-idx1-ubyte", labels);
    byte[] packed = Drawn.gzip(name.startsWith("a") ? cifar(1, 1, 2) : images);
    for (int i = 1; i < 20; i++) {
      Path cut = file(name, Arrays.copyOf(packed, packed.length * i / 20));
      assertTrue(problem(() -> Datasets.open(cut)).startsWith("…/" + name + ": "));
    }
  }

  /// 80 KiB that unpack to 80 MiB.
  @Test
  void aGzipBombIsAnErrorBeforeItFillsMemory() {
    Path bomb = file("a.bin.gz", Drawn.gzip(new byte[80 << 20]));
    assertEquals(
        "…/a.bin.gz: unpacks to more than 67108864 bytes, which images of this size never do",
        problem(() -> Datasets.open(bomb)));
  }
}

package nn.finetune.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import nn.layers.image.Pixels;

/// The binary records of CIFAR: for each image its label, then 3072 bytes, the red, the green and the blue plane of 32×32
/// pixels. CIFAR-10 has one label byte; CIFAR-100 has two, the coarse and the fine class, of which the fine one is taken.
/// Plain or gzip.
///
/// Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", 2009.
public final class CifarRecords {
  private static final int SIDE = 32;
  private static final int IMAGE = 3 * SIDE * SIDE;

  /// The classes of CIFAR-10.
  public static final List<String> CIFAR10 =
      List.of(
          "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck");

  private CifarRecords() {}

  /// Reads a file.
  ///
  /// @param classes the names of the classes; empty to number them
  /// @throws DataException if the file is missing or corrupt, or has a label beyond the classes
  public static Dataset read(Path file, List<String> classes) {
    byte[] bytes = PlainOrGzip.read(file);
    int labelBytes = bytes.length % (IMAGE + 1) == 0 ? 1 : 2;
    int record = IMAGE + labelBytes;
    if (bytes.length == 0 || bytes.length % record != 0) {
      throw new DataException(
          file + ": has " + bytes.length + " bytes, which is no whole number of CIFAR records"
              + " (3073 bytes each, or 3074 with two labels): it is truncated, or of another kind");
    }
    int count = bytes.length / record;
    int[] labels = new int[count];
    List<Pixels> images = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      int at = i * record;
      labels[i] = bytes[at + labelBytes - 1] & 0xff;
      images.add(Pixels.ofPlanes(SIDE, SIDE, 3, bytes, at + labelBytes));
    }
    return new InMemory(
        file.getFileName().toString(), InMemory.named(classes, labels), images, labels);
  }
}

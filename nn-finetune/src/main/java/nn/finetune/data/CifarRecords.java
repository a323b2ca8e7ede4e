package nn.finetune.data;

import java.nio.file.Path;
import java.util.List;
import nn.layers.image.Preprocessing;

/// The binary records of CIFAR: for each image its label, then 3072 bytes, the red, the green and
/// the blue plane of 32×32 pixels. CIFAR-10 has one label byte; CIFAR-100 has two, the coarse and
/// the fine class, of which the fine one is taken. Plain or gzip.
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

  /// Whether a file's name is one of records.
  static boolean isRecords(Path file) {
    String name = file.getFileName().toString();
    return name.endsWith(".bin") || name.endsWith(".bin.gz");
  }

  /// Reads a file.
  ///
  /// @param classes the names of the classes; empty to number them
  /// @throws DataException if the file is missing or corrupt, or has a label beyond the classes
  public static Dataset read(Path file, List<String> classes) {
    byte[] bytes = PlainOrGzip.read(file);
    int labelBytes = bytes.length % (IMAGE + 1) == 0 ? 1 : 2;
    int record = IMAGE + labelBytes;
    if (bytes.length == 0) {
      throw new DataException(file + ": is empty");
    }
    if (bytes.length % record != 0) {
      throw new DataException(
          file + ": has " + bytes.length + " bytes, which is no whole number of CIFAR records"
              + " (3073 bytes each, or 3074 with two labels): it is truncated, or of another kind");
    }
    int[] labels = new int[bytes.length / record];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = bytes[i * record + labelBytes - 1] & 0xff;
    }
    Records.Layout layout = new Records.Layout(labelBytes, record, SIDE, SIDE, 3);
    return Records.of(file, classes, labels, bytes, layout, Preprocessing.cifar());
  }
}

package nn.finetune.data;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import nn.layers.image.Pixels;

/// The IDX files of MNIST: one with the images (`…images-idx3-ubyte`), one beside it with the labels
/// (`…labels-idx1-ubyte`). Plain or gzip.
public final class IdxFiles {
  private static final int IMAGES = 0x0803; // unsigned bytes, three axes
  private static final int LABELS = 0x0801; // unsigned bytes, one axis

  private IdxFiles() {}

  /// Whether a file's name is one of an IDX file of images.
  static boolean isImages(Path file) {
    String name = file.getFileName().toString();
    return name.contains("images-idx3-ubyte") || name.contains("images.idx3-ubyte");
  }

  /// Reads a file of images and the file of labels beside it.
  ///
  /// @param images the file of images
  /// @param classes the names of the classes; empty to number them
  /// @throws DataException if a file is missing or corrupt, or has a label beyond the classes
  public static Dataset read(Path images, List<String> classes) {
    return read(images, labelsBeside(images), classes);
  }

  /// Reads a file of images and one of labels.
  public static Dataset read(Path imagesFile, Path labelsFile, List<String> classes) {
    ByteBuffer images = open(imagesFile, IMAGES, 3);
    ByteBuffer labels = open(labelsFile, LABELS, 1);
    int count = images.getInt(4);
    int height = images.getInt(8);
    int width = images.getInt(12);
    if (labels.getInt(4) != count) {
      throw new DataException(
          imagesFile + " has " + count + " images, " + labelsFile + " has " + labels.getInt(4)
              + " labels: they do not belong together");
    }
    int[] classOf = new int[count];
    List<Pixels> pixels = new ArrayList<>(count);
    int area = height * width;
    for (int i = 0; i < count; i++) {
      classOf[i] = labels.get(8 + i) & 0xff;
      byte[] image = new byte[area];
      images.get(16 + i * area, image);
      pixels.add(new Pixels(width, height, 1, image));
    }
    return new InMemory(
        imagesFile.getFileName().toString(), InMemory.named(classes, classOf), pixels, classOf);
  }

  /// The file's bytes, once its header has been found to fit them.
  private static ByteBuffer open(Path file, int magic, int axes) {
    ByteBuffer bytes = ByteBuffer.wrap(PlainOrGzip.read(file));
    int header = 4 + 4 * axes;
    if (bytes.limit() < header || bytes.getInt(0) != magic) {
      throw new DataException(
          file + ": is not an IDX file of " + (axes == 3 ? "images" : "labels")
              + ": its first four bytes should be " + magic);
    }
    long wanted = 1;
    for (int axis = 0; axis < axes; axis++) {
      int extent = bytes.getInt(4 + 4 * axis);
      if (extent < 1 || wanted > Integer.MAX_VALUE / extent) {
        throw new DataException(file + ": says that an extent is " + extent + ", which cannot be");
      }
      wanted *= extent;
    }
    if (bytes.limit() - header != wanted) {
      throw new DataException(
          file + ": should hold " + wanted + " numbers and holds " + (bytes.limit() - header)
              + ": it is truncated or corrupt");
    }
    return bytes;
  }

  private static Path labelsBeside(Path images) {
    String name = images.getFileName().toString();
    String labels = name.replace("images", "labels").replace("idx3", "idx1");
    for (String candidate :
        List.of(labels, labels + ".gz", labels.endsWith(".gz") ? labels.substring(0, labels.length() - 3) : labels)) {
      Path file = images.resolveSibling(candidate);
      if (!candidate.equals(name) && Files.exists(file)) {
        return file;
      }
    }
    throw new DataException(
        images + ": the labels should lie beside it, as " + labels + "; there is no such file");
  }
}

package nn.finetune.data;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import nn.layers.image.Preprocessing;

/// The IDX files of MNIST: one with the images (`…images-idx3-ubyte`), one beside it with the labels
/// (`…labels-idx1-ubyte`). Plain or gzip.
///
/// LeCun, Cortes, Burges, "The MNIST Database of Handwritten Digits".
public final class IdxFiles {
  private static final int IMAGES = 0x0803; // unsigned bytes, three axes
  private static final int LABELS = 0x0801; // unsigned bytes, one axis
  private static final int MAX_SIDE = 4096;

  private IdxFiles() {}

  /// Whether a file's name is one of an IDX file of images.
  static boolean isImages(Path file) {
    String name = file.getFileName().toString();
    return name.contains("images-idx3-ubyte") || name.contains("images.idx3-ubyte");
  }

  /// Whether a file begins as IDX does, whatever its name.
  static boolean isIdx(Path file) {
    byte[] start = PlainOrGzip.start(file, 4);
    int magic = start.length < 4 ? 0 : ByteBuffer.wrap(start).getInt();
    return magic == IMAGES || magic == LABELS;
  }

  /// Reads a file of images and the file of labels beside it.
  ///
  /// @param images the file of images
  /// @param classes the names of the classes; empty to number them
  /// @throws DataException if a file is missing or corrupt, or has a label beyond the classes
  public static Dataset read(Path images, List<String> classes) {
    checkMagic(images, PlainOrGzip.start(images, 4), IMAGES); // before labels are looked for
    return read(images, labelsBeside(images), classes);
  }

  /// Reads a file of images and one of labels.
  ///
  /// @param classes the names of the classes; empty to number them
  /// @throws DataException if a file is missing or corrupt, or has a label beyond the classes
  public static Dataset read(Path imagesFile, Path labelsFile, List<String> classes) {
    byte[] bytes = open(imagesFile, IMAGES, 3);
    ByteBuffer images = ByteBuffer.wrap(bytes);
    ByteBuffer labels = ByteBuffer.wrap(open(labelsFile, LABELS, 1));
    int count = images.getInt(4);
    int height = images.getInt(8);
    int width = images.getInt(12);
    if (labels.getInt(4) != count) {
      throw new DataException(
          imagesFile + ": has " + count + " images, but " + labelsFile + " has " + labels.getInt(4)
              + " labels: they do not belong together");
    }
    if (height > MAX_SIDE || width > MAX_SIDE) {
      throw new DataException(
          imagesFile + ": says that its images are " + width + "×" + height + "; at most "
              + MAX_SIDE + "×" + MAX_SIDE + " are read");
    }
    int[] classOf = new int[count];
    for (int i = 0; i < count; i++) {
      classOf[i] = labels.get(8 + i) & 0xff;
    }
    return Records.of(
        imagesFile,
        classes,
        classOf,
        bytes,
        new Records.Layout(16, height * width, width, height, 1),
        height == 28 && width == 28
            ? Preprocessing.mnist()
            : Preprocessing.centred(1, height, width));
  }

  /// The file's bytes, once its header has been found to fit them.
  private static byte[] open(Path file, int magic, int axes) {
    byte[] bytes = PlainOrGzip.read(file);
    checkMagic(file, bytes, magic);
    int header = 4 + 4 * axes;
    if (bytes.length < header) {
      throw new DataException(file + ": ends within its header: it is truncated");
    }
    ByteBuffer in = ByteBuffer.wrap(bytes);
    long wanted = 1;
    for (int axis = 0; axis < axes; axis++) {
      int extent = in.getInt(4 + 4 * axis);
      if (extent < 1 || wanted > Integer.MAX_VALUE / extent) {
        throw new DataException(
            file + ": says that extent " + axis + " is " + extent + ", which cannot be");
      }
      wanted *= extent;
    }
    if (bytes.length - header != wanted) {
      throw new DataException(
          file + ": should hold " + wanted + " bytes after its header and holds "
              + (bytes.length - header) + ": it is truncated or corrupt");
    }
    return bytes;
  }

  private static void checkMagic(Path file, byte[] start, int wanted) {
    int magic = start.length < 4 ? 0 : ByteBuffer.wrap(start).getInt();
    if (magic == wanted || start.length < 4) { // what is too short is found out when all is read
      return;
    }
    String kind = wanted == IMAGES ? "images" : "labels";
    throw new DataException(
        switch (magic) {
          case IMAGES -> file + ": holds images, and should hold the labels";
          case LABELS -> file + ": holds labels; name the file of images beside it";
          default ->
              "%s: is not an IDX file of %s: it begins with %08x, and should with %08x"
                  .formatted(file, kind, magic, wanted);
        });
  }

  private static Path labelsBeside(Path images) {
    String name = images.getFileName().toString();
    String plain = name.endsWith(".gz") ? name.substring(0, name.length() - 3) : name;
    String labels = plain.replace("images", "labels").replace("idx3", "idx1");
    Set<String> names = new LinkedHashSet<>();
    names.add(name.equals(plain) ? labels : labels + ".gz");
    names.add(labels);
    names.add(labels + ".gz");
    names.remove(name);
    for (String candidate : names) {
      Path file = images.resolveSibling(candidate);
      if (Files.exists(file)) {
        return file;
      }
    }
    throw new DataException(
        images + ": the labels are looked for beside it, as " + String.join(" or ", names)
            + "; there is no such file");
  }
}

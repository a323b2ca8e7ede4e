package nn.finetune.data;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;
import nn.layers.image.Pixels;

/// Decodes JPEG, PNG, BMP and GIF (its first picture), upright (see [Exif]). The kind is told from
/// the first bytes, not from the name.
public final class ImageFiles {
  private static final Set<String> ENDINGS = Set.of("jpg", "jpeg", "png", "bmp", "gif");
  private static final long MAX_BYTES = 256L << 20;
  private static final long MAX_PIXELS = 150_000_000;
  private static final int BYTES_PER_PIXEL = 12; // decoded, unpacked, and turned

  private ImageFiles() {}

  /// Whether a file's name ends like that of an image.
  public static boolean isImage(Path file) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    int dot = name.lastIndexOf('.');
    return dot > 0 && ENDINGS.contains(name.substring(dot + 1)) && !name.startsWith(".");
  }

  /// The images in a folder, in the order of their names; folders in it are not looked into.
  ///
  /// @throws DataException if there is no such folder, or no image in it
  public static List<Path> in(Path folder) {
    List<Path> images = list(folder).stream().filter(ImageFiles::isImage).toList();
    if (images.isEmpty()) {
      throw new DataException(
          folder + ": has no image in it; read are JPEG, PNG, BMP and GIF (.jpg, .jpeg, .png, .bmp,"
              + " .gif)");
    }
    return images;
  }

  /// What is in a folder and is not hidden, in the order of names.
  static List<Path> list(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new DataException(folder + ": there is no such folder");
    }
    try (Stream<Path> entries = Files.list(folder)) {
      return entries
          .filter(path -> !path.getFileName().toString().startsWith("."))
          .sorted(Comparator.comparing(path -> path.getFileName().toString()))
          .toList();
    } catch (IOException e) {
      throw new DataException(folder + ": cannot be listed (" + e.getMessage() + ")", e);
    }
  }

  /// Decodes a file.
  ///
  /// @throws DataException if it is broken, or not an image: the message names it
  public static Pixels read(Path file) {
    if (!Files.exists(file)) {
      throw new DataException(file + ": there is no such file");
    }
    if (!Files.isRegularFile(file)) {
      throw new DataException(file + ": is not a file");
    }
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw new DataException(file + ": is larger than 256 MiB, which no photograph is");
      }
      byte[] bytes = Files.readAllBytes(file);
      Pixels pixels = RasterPixels.of(decode(file, bytes));
      return Exif.upright(pixels, Exif.orientation(bytes));
    } catch (DataException e) {
      throw e;
    } catch (IOException | RuntimeException e) { // decoders throw many kinds on broken files
      throw new DataException(file + ": cannot be decoded (" + e.getMessage() + ")", e);
    }
  }

  private static BufferedImage decode(Path file, byte[] bytes) throws IOException {
    ImageReader reader = ImageIO.getImageReadersByFormatName(format(file, bytes)).next();
    AtomicReference<String> damage = new AtomicReference<>("");
    reader.addIIOReadWarningListener(
        (_, warning) -> {
          if (warning.startsWith("Truncated") || warning.contains("premature end")) {
            damage.set(warning); // the decoder fills up with grey; lesser faults are let pass
          }
        });
    try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes))) {
      reader.setInput(in, true, true);
      checkSize(file, reader.getWidth(0), reader.getHeight(0));
      BufferedImage image = reader.read(0);
      if (!damage.get().isEmpty()) {
        throw new DataException(file + ": is truncated or damaged (" + damage.get() + ")");
      }
      return image;
    } finally {
      reader.dispose();
    }
  }

  private static void checkSize(Path file, long width, long height) {
    if (width * height > MAX_PIXELS) {
      throw new DataException(
          file + ": says that it is " + width + "×" + height + ", which is more than the "
              + MAX_PIXELS / 1_000_000 + " million pixels that are read at most");
    }
    long needed = width * height * BYTES_PER_PIXEL;
    if (needed > Runtime.getRuntime().maxMemory() / 2) {
      throw new DataException(
          file + ": is " + width + "×" + height + ", which takes " + (needed >> 20)
              + " MiB to decode; give Java more memory (-Xmx), or make the image smaller");
    }
  }

  private static String format(Path file, byte[] bytes) {
    String start = HexFormat.of().formatHex(bytes, 0, Math.min(8, bytes.length));
    if (start.isEmpty()) {
      throw new DataException(file + ": is empty");
    }
    if (start.startsWith("ffd8ff")) {
      return "jpeg";
    }
    if (start.startsWith("89504e470d0a1a0a")) {
      return "png";
    }
    if (start.startsWith("47494638")) {
      return "gif";
    }
    if (start.startsWith("424d")) {
      return "bmp";
    }
    throw new DataException(
        file + ": is not a JPEG, PNG, BMP or GIF, whatever its name says (it begins with " + start
            + ")");
  }

  /// The pixels of an image that was drawn or decoded elsewhere, on white where it is transparent.
  public static Pixels pixels(BufferedImage image) {
    return RasterPixels.of(image);
  }
}

package nn.finetune.data;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.event.IIOReadWarningListener;
import javax.imageio.stream.ImageInputStream;
import nn.layers.image.Pixels;

/// Decodes JPEG, PNG, BMP and GIF, upright (see [Exif]), to red, green and blue.
public final class ImageFiles {
  private static final Set<String> ENDINGS = Set.of("jpg", "jpeg", "png", "bmp", "gif");
  private static final long MAX_PIXELS = 200_000_000;
  private static final long MAX_BYTES = 512L << 20;

  private ImageFiles() {}

  /// Whether a file's name ends like that of an image.
  public static boolean isImage(Path file) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    return ENDINGS.contains(name.substring(name.lastIndexOf('.') + 1)) && !name.startsWith(".");
  }

  /// Decodes a file.
  ///
  /// @throws DataException if it is broken, or not an image: the message names it
  public static Pixels read(Path file) {
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw new DataException(file + ": is larger than 512 MiB, which no photograph is");
      }
      byte[] bytes = Files.readAllBytes(file);
      return Exif.upright(pixels(decode(file, bytes)), Exif.orientation(bytes));
    } catch (IOException | IllegalArgumentException | IndexOutOfBoundsException e) {
      // the decoders of the JDK throw the latter two on some broken files
      throw new DataException(file + ": cannot be decoded (" + e.getMessage() + ")", e);
    }
  }

  private static BufferedImage decode(Path file, byte[] bytes) throws IOException {
    try (ImageInputStream in = ImageIO.createImageInputStream(new ByteArrayInputStream(bytes))) {
      Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
      if (!readers.hasNext()) {
        throw new DataException(file + ": is not a JPEG, PNG, BMP or GIF, whatever its name says");
      }
      ImageReader reader = readers.next();
      AtomicReference<String> warning = new AtomicReference<>("");
      IIOReadWarningListener listener = (_, text) -> warning.set(text);
      try {
        reader.addIIOReadWarningListener(listener);
        reader.setInput(in, true, true);
        long pixels = (long) reader.getWidth(0) * reader.getHeight(0);
        if (pixels > MAX_PIXELS) {
          throw new DataException(
              file + ": says that it has " + pixels + " pixels; at most " + MAX_PIXELS + " are read");
        }
        BufferedImage image = reader.read(0);
        String text = warning.get().toLowerCase(Locale.ROOT);
        if (text.contains("premature end") || text.contains("corrupt")) {
          throw new DataException(file + ": is truncated or corrupt (" + warning.get() + ")");
        }
        return image;
      } finally {
        reader.dispose();
      }
    }
  }

  /// The pixels of an image of any kind, on white where it is transparent.
  public static Pixels pixels(BufferedImage image) {
    int width = image.getWidth();
    int height = image.getHeight();
    byte[] values = new byte[Math.multiplyExact(Math.multiplyExact(width, height), 3)];
    int[] row = new int[width];
    int at = 0;
    for (int y = 0; y < height; y++) {
      image.getRGB(0, y, width, 1, row, 0, width);
      for (int argb : row) {
        int alpha = argb >>> 24;
        for (int shift = 16; shift >= 0; shift -= 8) {
          int value = argb >> shift & 0xff;
          values[at++] = (byte) (alpha == 255 ? value : (value * alpha + 255 * (255 - alpha)) / 255);
        }
      }
    }
    return new Pixels(width, height, 3, values);
  }
}

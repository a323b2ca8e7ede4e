package nn.finetune.data;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import javax.imageio.ImageIO;
import nn.layers.image.Pixels;

/// Images and files that tests draw for themselves.
final class Drawn {
  private Drawn() {}

  static byte[] encoded(BufferedImage image, String format) {
    try {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      if (!ImageIO.write(image, format, out)) {
        throw new AssertionError("there is no writer of " + format + " for this");
      }
      return out.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Four quarters: red, green; blue, white.
  static BufferedImage quarters(int width, int height) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D pen = image.createGraphics();
    Color[] colours = {Color.RED, Color.GREEN, Color.BLUE, Color.WHITE};
    for (int i = 0; i < 4; i++) {
      pen.setColor(colours[i]);
      pen.fillRect(i % 2 * (width / 2), i / 2 * (height / 2), width / 2, height / 2);
    }
    pen.dispose();
    return image;
  }

  static BufferedImage noise(int width, int height, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        image.setRGB(x, y, random.nextInt());
      }
    }
    return image;
  }

  static Path write(Path file, byte[] bytes) {
    try {
      Files.createDirectories(file.getParent());
      return Files.write(file, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static byte[] gzip(byte[] bytes) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream packed = new GZIPOutputStream(out)) {
      packed.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  /// A data set of noise, so many samples of each class, the classes in turn.
  static Dataset samples(int side, int... perClass) {
    List<Pixels> images = new ArrayList<>();
    List<Integer> labels = new ArrayList<>();
    SplittableRandom random = new SplittableRandom(5);
    int most = IntStream.of(perClass).max().orElse(0);
    for (int i = 0; i < most; i++) {
      for (int c = 0; c < perClass.length; c++) {
        if (i < perClass[c]) {
          byte[] values = new byte[3 * side * side];
          random.nextBytes(values);
          images.add(new Pixels(side, side, 3, values));
          labels.add(c);
        }
      }
    }
    return new InMemory(
        "noise",
        IntStream.range(0, perClass.length).mapToObj(c -> "class" + c).toList(),
        images,
        labels.stream().mapToInt(Integer::intValue).toArray());
  }

  static String messageOf(Runnable body) {
    try {
      body.run();
    } catch (DataException e) {
      return String.valueOf(e.getMessage());
    }
    throw new AssertionError("no DataException was thrown");
  }
}

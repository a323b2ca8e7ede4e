package nn.finetune.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.zip.CRC32;
import nn.layers.image.Pixels;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageFilesTest {
  @TempDir Path folder;

  private Pixels read(String name, byte[] bytes) {
    return ImageFiles.read(Drawn.write(folder.resolve(name), bytes));
  }

  private String problem(String name, byte[] bytes) {
    return Drawn.messageOf(() -> read(name, bytes)).replace(folder.resolve(name).toString(), "…");
  }

  @ParameterizedTest
  @ValueSource(strings = {"png", "bmp"})
  void losslessFilesGiveThePixelsThatWereDrawn(String format) {
    BufferedImage drawn = Drawn.noise(7, 5, 1);
    Pixels image = read("a." + format, Drawn.encoded(drawn, format));
    assertEquals(7, image.width());
    assertEquals(5, image.height());
    for (int y = 0; y < 5; y++) {
      for (int x = 0; x < 7; x++) {
        int rgb = image.at(x, y, 0) << 16 | image.at(x, y, 1) << 8 | image.at(x, y, 2);
        assertEquals(drawn.getRGB(x, y) & 0xffffff, rgb);
      }
    }
  }

  @Test
  void gifsAreReadWithTheirPalette() {
    BufferedImage drawn = new BufferedImage(6, 8, BufferedImage.TYPE_BYTE_INDEXED);
    Graphics2D pen = drawn.createGraphics();
    pen.setColor(new Color(255, 0, 0));
    pen.fillRect(0, 0, 6, 8);
    pen.dispose();
    Pixels image = read("a.gif", Drawn.encoded(drawn, "gif"));
    assertEquals(255, image.at(5, 3, 0));
    assertEquals(0, image.at(5, 3, 1));
  }

  @Test
  void theKindIsToldFromTheContentNotFromTheName() {
    assertEquals(9, read("a.jpg", Drawn.encoded(Drawn.noise(9, 9, 1), "png")).width());
  }

  @ParameterizedTest
  @CsvSource({"png, 0", "jpeg, 3"})
  void greyStaysAsDarkAsItIs(String format, int tolerance) {
    BufferedImage grey = new BufferedImage(32, 8, BufferedImage.TYPE_BYTE_GRAY);
    for (int x = 0; x < 32; x++) {
      for (int y = 0; y < 8; y++) {
        grey.getRaster().setSample(x, y, 0, 8 * x);
      }
    }
    Pixels image = read("grey." + format, Drawn.encoded(grey, format));
    assertEquals(1, image.channels());
    for (int x = 0; x < 32; x++) {
      assertEquals(8 * x, image.at(x, 4, 0), tolerance);
    }
  }

  @Test
  void sixteenBitsBecomeEight() {
    BufferedImage grey = new BufferedImage(2, 1, BufferedImage.TYPE_USHORT_GRAY);
    grey.getRaster().setSample(0, 0, 0, 0x80ff);
    grey.getRaster().setSample(1, 0, 0, 0xffff);
    Pixels image = read("grey16.png", Drawn.encoded(grey, "png"));
    assertEquals(0x80, image.at(0, 0, 0));
    assertEquals(0xff, image.at(1, 0, 0));
  }

  @Test
  void blackAndWhiteIsBlackAndWhite() {
    BufferedImage bits = new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_BINARY);
    bits.setRGB(1, 0, 0xffffff);
    Pixels image = read("bits.png", Drawn.encoded(bits, "png"));
    assertEquals(0, image.at(0, 0, 0));
    assertEquals(255, image.at(1, 0, 0));
  }

  @Test
  void whatIsTransparentIsWhite() {
    BufferedImage clear = new BufferedImage(3, 1, BufferedImage.TYPE_INT_ARGB);
    clear.setRGB(0, 0, 0x00000000);
    clear.setRGB(1, 0, 0xff204060);
    clear.setRGB(2, 0, 0x80204060);
    Pixels image = read("clear.png", Drawn.encoded(clear, "png"));
    assertEquals(255, image.at(0, 0, 0));
    assertEquals(0x20, image.at(1, 0, 0));
    assertEquals(0x60, image.at(1, 0, 2));
    assertEquals((0x20 * 128 + 255 * 127) / 255.0, image.at(2, 0, 0), 0.5);
  }

  @Test
  void theNamesOfImagesAreKnown() {
    for (String name : new String[] {"a.jpg", "a.JPEG", "b.c.Png", "x.bmp", "x.gif"}) {
      assertTrue(ImageFiles.isImage(Path.of("folder", name)), name);
    }
    for (String name : new String[] {"a.txt", "jpg", ".hidden.jpg", "a.jpg.part", "a.webp"}) {
      assertTrue(!ImageFiles.isImage(Path.of("folder", name)), name);
    }
  }

  @Test
  void aFlatFolderIsListedInOrder() {
    for (String name : new String[] {"b.png", "a.jpg", "notes.txt", ".c.png"}) {
      Drawn.write(folder.resolve(name), new byte[1]);
    }
    assertEquals(
        "[a.jpg, b.png]",
        ImageFiles.in(folder).stream().map(Path::getFileName).toList().toString());
    assertEquals(
        folder.resolve("none") + ": there is no such folder",
        Drawn.messageOf(() -> ImageFiles.in(folder.resolve("none"))));
  }

  @Test
  void whatIsNoImageIsNamedWithItsFile() {
    assertEquals("…: is empty", problem("a.jpg", new byte[0]));
    assertEquals(
        "…: is not a JPEG, PNG, BMP or GIF, whatever its name says (it begins with 68656c6c6f)",
        problem("a.jpg", "hello".getBytes(StandardCharsets.US_ASCII)));
    assertEquals(
        folder + ": is not a file", Drawn.messageOf(() -> ImageFiles.read(folder)));
    assertEquals(
        folder.resolve("x.png") + ": there is no such file",
        Drawn.messageOf(() -> ImageFiles.read(folder.resolve("x.png"))));
  }

  @ParameterizedTest
  @ValueSource(strings = {"jpeg", "png", "bmp", "gif"})
  void aTruncatedFileIsBrokenWhereverItEnds(String format) {
    byte[] whole = Drawn.encoded(Drawn.noise(40, 40, 1), format);
    for (int i = 1; i < 20; i++) {
      byte[] cut = Arrays.copyOf(whole, whole.length * i / 20);
      assertTrue(problem("cut." + format, cut).startsWith("…: "));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"jpeg", "png", "bmp", "gif"})
  void damagedFilesAreImagesOrBrokenAndNothingElse(String format) {
    byte[] whole = Drawn.encoded(Drawn.noise(20, 20, 1), format);
    SplittableRandom random = new SplittableRandom(1);
    for (int trial = 0; trial < 300; trial++) {
      byte[] bad = whole.clone();
      for (int i = random.nextInt(1, 6); i > 0; i--) {
        bad[random.nextInt(bad.length)] = (byte) random.nextInt();
      }
      try {
        read("bad." + format, bad);
      } catch (DataException e) {
        assertTrue(String.valueOf(e.getMessage()).contains("bad." + format));
      }
    }
  }

  /// A PNG of a few bytes that says it has ten thousand million pixels.
  @Test
  void theSizeIsCheckedBeforeMemoryIsTaken() {
    byte[] png = Drawn.encoded(Drawn.noise(4, 4, 1), "png");
    ByteBuffer header = ByteBuffer.wrap(png);
    header.putInt(16, 100_000).putInt(20, 100_000);
    CRC32 check = new CRC32();
    check.update(png, 12, 17);
    header.putInt(29, (int) check.getValue());
    assertEquals(
        "…: says that it is 100000×100000, which is more than the 150 million pixels that are read at"
            + " most",
        problem("bomb.png", png));
  }

  @Test
  void aDrawnImageIsTakenFromMemoryToo() {
    Pixels image = ImageFiles.pixels(Drawn.quarters(2, 2));
    assertArrayEquals(
        new byte[] {-1, 0, 0, 0, -1, 0, 0, 0, -1, -1, -1, -1}, image.values());
  }
}

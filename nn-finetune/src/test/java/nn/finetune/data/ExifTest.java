package nn.finetune.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import nn.layers.image.Pixels;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExifTest {
  private static final byte[] JPEG = Drawn.encoded(Drawn.quarters(64, 32), "jpeg");

  @TempDir Path folder;

  private static byte[] tiff(ByteOrder order, int orientation) {
    ByteBuffer tiff = ByteBuffer.allocate(8 + 2 + 2 * 12 + 4).order(order);
    tiff.put((byte) (order == ByteOrder.LITTLE_ENDIAN ? 'I' : 'M'));
    tiff.put((byte) (order == ByteOrder.LITTLE_ENDIAN ? 'I' : 'M'));
    tiff.putShort((short) 42).putInt(8).putShort((short) 2);
    tiff.putShort((short) 0x010f).putShort((short) 2).putInt(3).putInt(0); // the maker
    tiff.putShort((short) 0x0112).putShort((short) 3).putInt(1).putShort((short) orientation);
    return tiff.array();
  }

  private static byte[] withExif(byte[] tiff) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(new byte[] {(byte) 0xff, (byte) 0xd8, (byte) 0xff, (byte) 0xe1});
    int length = 2 + 6 + tiff.length;
    out.write(length >> 8);
    out.write(length);
    out.writeBytes(new byte[] {'E', 'x', 'i', 'f', 0, 0});
    out.writeBytes(tiff);
    out.write(JPEG, 2, JPEG.length - 2);
    return out.toByteArray();
  }

  /// Red, green, blue or white, at the middle of a quarter.
  private static char colour(Pixels image, int column, int row) {
    int x = image.width() * (1 + 2 * column) / 4;
    int y = image.height() * (1 + 2 * row) / 4;
    boolean red = image.at(x, y, 0) > 128;
    boolean green = image.at(x, y, 1) > 128;
    return red ? green ? 'W' : 'R' : green ? 'G' : 'B';
  }

  /// The stored image is R G / B W; what is seen is from the table of the EXIF standard.
  @ParameterizedTest
  @CsvSource({
      "1, RGBW, 64", "2, GRWB, 64", "3, WBGR, 64", "4, BWRG, 64", //
      "5, RBGW, 32", "6, BRWG, 32", "7, WGBR, 32", "8, GWRB, 32", //
      "0, RGBW, 64", "9, RGBW, 64"
  })
  void anImageIsTurnedAsItsCameraWasHeld(int orientation, String seen, int width) {
    for (ByteOrder order : new ByteOrder[] {ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN}) {
      Path file = folder.resolve("photo.jpg");
      Pixels image = ImageFiles.read(Drawn.write(file, withExif(tiff(order, orientation))));
      assertEquals(width, image.width());
      assertEquals(
          seen,
          "" + colour(image, 0, 0) + colour(image, 1, 0) + colour(image, 0, 1)
              + colour(image, 1, 1));
    }
  }

  @Test
  void withoutExifAnImageIsUpright() {
    assertEquals(1, Exif.orientation(JPEG));
    assertEquals(1, Exif.orientation(new byte[0]));
    assertEquals(1, Exif.orientation(new byte[] {(byte) 0xff, (byte) 0xd8, (byte) 0xff, 0}));
  }

  @Test
  void anythingMayStandInExifWithoutHarm() {
    byte[] good = withExif(tiff(ByteOrder.LITTLE_ENDIAN, 6));
    assertEquals(6, Exif.orientation(good));
    SplittableRandom random = new SplittableRandom(1);
    for (int trial = 0; trial < 20_000; trial++) {
      byte[] bad = good.clone();
      for (int i = random.nextInt(1, 5); i > 0; i--) {
        bad[random.nextInt(2, 60)] = (byte) random.nextInt();
      }
      int orientation = Exif.orientation(bad);
      assertTrue(orientation >= 1 && orientation <= 8);
    }
    for (int length = 0; length < 60; length++) {
      Exif.orientation(Arrays.copyOf(good, length));
    }
  }
}

package nn.layers.image;

import static nn.layers.image.Resampling.BICUBIC;
import static nn.layers.image.Resampling.BILINEAR;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What Pillow 12.3 gives is written down here to the digit.
class ResamplingTest {
  private static Pixels grey(int width, int height, int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return new Pixels(width, height, 1, bytes);
  }

  private static int[] numbers(Pixels image) {
    return IntStream.range(0, image.values().length).map(i -> image.values()[i] & 0xff).toArray();
  }

  private static void assertNumbers(Pixels image, int... expected) {
    assertArrayEquals(expected, numbers(image), () -> Arrays.toString(numbers(image)));
  }

  private final Pixels gradient = grey(8, 1, 0, 32, 64, 96, 128, 160, 192, 224);
  private final Pixels square =
      grey(6, 6, IntStream.range(0, 36).map(i -> (37 * i * i + 11 * i) % 256).toArray());

  @Test
  void aGradientOfHalfTheSizeIsThatOfPillow() {
    // ⅛·0 + ⅜·0 … : the triangle over 4 pixels, cut off at the left: (3·0 + 3·32 + 1·64) / 7 = 23
    assertNumbers(gradient.resize(4, 1, BILINEAR), 23, 80, 144, 201);
    assertNumbers(gradient.resize(4, 1, BICUBIC), 17, 79, 145, 207);
  }

  @Test
  void sizesThatAreNoMultipleAreThoseOfPillow() {
    assertNumbers(gradient.resize(3, 1, BILINEAR), 35, 112, 189);
    assertNumbers(gradient.resize(3, 1, BICUBIC), 29, 112, 195);
    assertNumbers(
        square.resize(4, 5, BILINEAR),
        38, 122, 118, 192, 124, 156, 107, 206, 170, 210, 148, 152, 123, 177, 158, 170, 82, 111, 166,
        149);
    assertNumbers(
        square.resize(4, 5, BICUBIC),
        25, 122, 116, 196, 121, 157, 93, 219, 177, 226, 145, 146, 117, 181, 157, 173, 74, 101, 172,
        145);
  }

  @Test
  void enlargingIsThatOfPillow() {
    assertNumbers(
        gradient.resize(13, 1, BILINEAR),
        0, 14, 33, 53, 73, 92, 112, 132, 151, 171, 191, 210, 224);
    assertNumbers(
        gradient.resize(13, 1, BICUBIC),
        0, 11, 33, 53, 73, 92, 112, 132, 151, 171, 191, 213, 226);
  }

  @Test
  void oneEdgeMayGrowWhileTheOtherShrinks() {
    assertNumbers(
        square.resize(9, 2, BILINEAR),
        85, 114, 150, 174, 124, 88, 168, 190, 192, 100, 124, 153, 171, 162, 151, 161, 160, 157);
    assertNumbers(
        square.resize(9, 2, BICUBIC),
        77, 109, 154, 188, 120, 72, 170, 196, 191, 101, 125, 156, 172, 163, 153, 165, 160, 152);
  }

  @Test
  void channelsDoNotMix() {
    byte[] values = new byte[60];
    for (int i = 0; i < 20; i++) {
      values[3 * i] = (byte) (i * 53);
      values[3 * i + 1] = (byte) (i * 91 + 7);
      values[3 * i + 2] = (byte) (i * i * 13);
    }
    Pixels colour = new Pixels(5, 4, 3, values);
    assertNumbers(
        colour.resize(3, 3, BILINEAR),
        26, 73, 43, 109, 132, 80, 192, 92, 132, 37, 162, 79, 120, 132, 109, 203, 101, 124, 47, 148,
        52, 130, 92, 111, 213, 134, 129);
    assertNumbers(
        colour.resize(3, 3, BICUBIC),
        21, 65, 41, 108, 134, 78, 195, 93, 130, 33, 165, 82, 120, 137, 112, 207, 98, 123, 44, 149,
        45, 131, 89, 109, 218, 133, 137);
  }

  @ParameterizedTest
  @EnumSource
  void anImageOfOneColourStaysSoAtAnySize(Resampling how) {
    byte[] values = new byte[17 * 5];
    Arrays.fill(values, (byte) 201);
    Pixels image = new Pixels(17, 5, 1, values);
    for (int[] size : new int[][] {{1, 1}, {4, 4}, {16, 6}, {17, 50}, {100, 3}}) {
      Pixels resized = image.resize(size[0], size[1], how);
      assertEquals(size[0], resized.width());
      assertEquals(size[1], resized.height());
      for (int value : numbers(resized)) {
        assertEquals(201, value);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void theSameSizeIsTheSameImage(Resampling how) {
    assertSame(square, square.resize(6, 6, how));
    assertArrayEquals( // and so it would be if it were computed
        square.values(), how.resize(square, 6, 6, new Window(0, 0, 6, 6)).values());
  }

  @ParameterizedTest
  @EnumSource
  void theMiddleAloneIsTheMiddleOfTheWhole(Resampling how) {
    SplittableRandom random = new SplittableRandom(1);
    for (int trial = 0; trial < 200; trial++) {
      byte[] values = new byte[3 * 13 * 9];
      random.nextBytes(values);
      Pixels image = new Pixels(13, 9, 3, values);
      int width = random.nextInt(1, 30);
      int height = random.nextInt(1, 30);
      int cropWidth = random.nextInt(1, 30);
      int cropHeight = random.nextInt(1, 30);
      Pixels whole = image.resize(width, height, how).centreCrop(cropWidth, cropHeight);
      Pixels middle = image.resizeAndCrop(width, height, how, cropWidth, cropHeight);
      assertArrayEquals(whole.values(), middle.values());
      assertEquals(whole.width(), middle.width());
    }
  }

  @Test
  void asLongAsOnlyTheMiddleIsAskedForAVeryLongImageNeedsLittleMemory() {
    Pixels line = new Pixels(10_000_000, 1, 1, new byte[10_000_000]);
    Pixels fitted = Preprocessing.imageNet().fit(line); // the whole would have 2.5 · 10⁹ × 256 pixels
    assertEquals(224, fitted.width());
    assertEquals(224, fitted.height());
  }

  @Test
  void aSizeThatIsNotPositiveIsRefused() {
    assertEquals(
        "an image is resized to a positive size, got 0×3",
        assertThrows(IllegalArgumentException.class, () -> square.resize(0, 3, BILINEAR))
            .getMessage());
  }
}

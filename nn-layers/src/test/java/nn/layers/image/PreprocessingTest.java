package nn.layers.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import nn.core.NdArray;
import nn.core.Shape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PreprocessingTest {
  private static final String JSON =
      "{\"channels\":1,\"height\":28,\"width\":28,\"shorterSide\":28,\"resampling\":\"BILINEAR\","
          + "\"scale\":0.003921569,\"mean\":[0.1307],\"deviation\":[0.3081]}";

  private static Pixels noise(int width, int height, int channels) {
    byte[] values = new byte[width * height * channels];
    new SplittableRandom(1).nextBytes(values);
    return new Pixels(width, height, channels, values);
  }

  private static String messageOf(Runnable body) {
    return assertThrows(IllegalArgumentException.class, body::run).getMessage();
  }

  @Test
  void anImageBecomesPlanesOfNormalizedNumbers() {
    Pixels image = noise(32, 32, 3);
    NdArray input = Preprocessing.cifar().apply(image);
    assertEquals(Shape.of(1, 3, 32, 32), input.shape());
    float[] mean = {0.485f, 0.456f, 0.406f};
    float[] deviation = {0.229f, 0.224f, 0.225f};
    for (int c = 0; c < 3; c++) {
      assertEquals(
          (image.at(5, 7, c) / 255f - mean[c]) / deviation[c], input.at(0, c, 7, 5), 1e-6f);
    }
  }

  @Test
  void digitsAreNormalizedAsTheirNetworksExpect() {
    NdArray input = Preprocessing.mnist().apply(new Pixels(28, 28, 1, new byte[784]));
    assertEquals(-0.1307f / 0.3081f, input.at(0, 0, 0, 0), 1e-6f);
    byte[] white = new byte[784];
    Arrays.fill(white, (byte) 255);
    assertEquals(
        (1 - 0.1307f) / 0.3081f,
        Preprocessing.mnist().apply(new Pixels(28, 28, 1, white)).at(0, 0, 9, 9),
        1e-6f);
  }

  @Test
  void theReadyMadeRangesAreWhatTheySay() {
    byte[] values = {0, (byte) 255};
    Pixels image = new Pixels(2, 1, 1, values);
    assertArrayEquals(
        new float[] {0, 1}, Preprocessing.unit(1, 1, 2).apply(image).array(), 1e-6f);
    assertArrayEquals(
        new float[] {-1, 1}, Preprocessing.centred(1, 1, 2).apply(image).array(), 1e-6f);
    assertArrayEquals(new float[] {0, 255}, Preprocessing.raw(1, 1, 2).apply(image).array());
  }

  @Test
  void aPhotographIsResizedByItsShorterSideAndCut() {
    Pixels photo = noise(256, 192, 3);
    Pixels expected = photo.resize(341, 256, Resampling.BILINEAR).centreCrop(224, 224);
    assertArrayEquals(expected.values(), Preprocessing.imageNet().fit(photo).values());
    Pixels upright = photo.transpose();
    assertArrayEquals(
        upright.resize(256, 341, Resampling.BILINEAR).centreCrop(224, 224).values(),
        Preprocessing.imageNet().fit(upright).values());
  }

  @Test
  void aPhotographFitsASmallNetworkToo() {
    assertEquals(
        Shape.of(2, 3, 32, 32),
        Preprocessing.cifar().apply(noise(256, 192, 3), noise(192, 256, 3)).shape());
    assertEquals(Shape.of(1, 1, 28, 28), Preprocessing.mnist().apply(noise(90, 31, 3)).shape());
  }

  @Test
  void stretchingKeepsAllOfTheImage() {
    Preprocessing stretch = Preprocessing.unit(1, 2, 4);
    assertEquals(0, stretch.shorterSide());
    Pixels image = noise(8, 8, 1);
    assertArrayEquals(
        image.resize(4, 2, Resampling.BILINEAR).values(), stretch.fit(image).values());
  }

  @Test
  void anImageOfTheRightSizeIsTakenAsItIs() {
    Pixels image = noise(32, 32, 3);
    assertSame(image, Preprocessing.cifar().fit(image));
  }

  @Test
  void greyAndColourAreConverted() {
    Pixels grey = noise(40, 40, 1);
    Pixels fitted = Preprocessing.cifar().fit(grey);
    assertEquals(3, fitted.channels());
    assertArrayEquals(
        grey.resize(32, 32, Resampling.BILINEAR).withChannels(3).values(), fitted.values());
    assertEquals(1, Preprocessing.mnist().fit(noise(28, 28, 3)).channels());
  }

  @Test
  void aBatchIsItsImagesOneAfterAnother() {
    Preprocessing digits = Preprocessing.mnist();
    Pixels first = noise(28, 28, 1);
    Pixels second = first.flip();
    NdArray both = digits.apply(List.of(first, second));
    assertArrayEquals(digits.apply(first).array(), both.narrow(0, 0, 1).array());
    assertArrayEquals(digits.apply(second).array(), both.narrow(0, 1, 1).array());
  }

  @Test
  void anImageThatWasNotFittedCannotBeNormalized() {
    assertEquals(
        "an image of 30×28 has not been fitted to 28×28",
        messageOf(
            () -> Preprocessing.mnist().normalize(noise(30, 28, 1), new float[30 * 28], 0)));
  }

  @Test
  void jsonIsStable() {
    assertEquals(JSON, Preprocessing.mnist().toJson());
  }

  @Test
  void jsonComesBackAsTheSamePreprocessing() {
    SplittableRandom random = new SplittableRandom(2);
    for (Preprocessing each : List.of(
        Preprocessing.mnist(),
        Preprocessing.cifar(),
        Preprocessing.imageNet(),
        Preprocessing.imageNet(96),
        Preprocessing.raw(3, 20, 30),
        Preprocessing.centred(1, 5, 5),
        new Preprocessing(
            3,
            1,
            4096,
            8192,
            Resampling.BICUBIC,
            random.nextFloat(),
            List.of(random.nextFloat(), -random.nextFloat(), Float.MAX_VALUE),
            List.of(random.nextFloat(), Float.MIN_VALUE, 1e-20f)))) {
      assertEquals(each, Preprocessing.fromJson(each.toJson()));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
          "\"channels\":1|\"chanels\":1|preprocessing has an unknown property 'chanels'; known are channels, height, width, shorterSide, resampling, scale, mean, deviation",
          "\"width\":28,||preprocessing has no property width",
          "\"width\":28|\"height\":28|preprocessing has 'height' twice",
          "\"width\":28|\"width\":28.5|preprocessing: 'width' cannot be 28.5 here",
          "\"width\":28|\"width\":1e99|preprocessing: 'width' cannot be 1.0E99 here",
          "\"width\":28|\"width\":-28|preprocessing: height and width lie between 1 and 4096, got 28×-28",
          "\"width\":28|\"width\":2147483647|preprocessing: height and width lie between 1 and 4096, got 28×2147483647",
          "\"width\":28|\"width\":null|preprocessing: 'width' cannot be null here",
          "\"width\":28|\"width\":{}|preprocessing: 'width' cannot be { here",
          "BILINEAR|NEAREST|preprocessing: 'resampling' cannot be NEAREST here",
          "\"shorterSide\":28|\"shorterSide\":-1|preprocessing: the shorter side lies between 0 and 8192, got -1",
          "0.003921569|0|preprocessing: the scale must be positive: 0.0",
          "0.003921569|1e99|preprocessing: the scale must be positive: Infinity",
          "[0.1307]|0.1307|preprocessing: 'mean' cannot be 0.1307 here",
          "[0.1307]|[\"NaN\"]|preprocessing: 'mean' cannot be NaN here",
          "[0.1307]|[1,2]|preprocessing: needs a mean and a deviation for each of 1 channels",
          "[0.1307]|[1,2,3,4,5]|preprocessing: 'mean' cannot be more than 3 values here",
          "[0.1307]|[1e99]|preprocessing: means must be numbers: [Infinity]",
          "[0.3081]|[0]|preprocessing: deviations must be positive: [0.0]",
          "\"channels\":1|\"channels\":2|preprocessing: 1 or 3 channels, got 2",
          "}|},|preprocessing is not valid JSON: Unexpected character (',' (code 44)): expected a valid value (JSON String, Number, Array, Object or token 'null', 'true' or 'false')",
          "}|}{}|preprocessing goes on after its end",
          "{|[|preprocessing is not a JSON object",
      })
  void whatIsWrongInJsonIsNamed(String old, String replacement, String message) {
    String text = JSON.replace(old, replacement == null ? "" : replacement);
    assertEquals(message, messageOf(() -> Preprocessing.fromJson(text)));
  }

  @Test
  void cutJsonIsAnErrorWhereverItIsCut() {
    for (int i = 0; i < JSON.length(); i++) {
      String cut = JSON.substring(0, i);
      assertTrue(messageOf(() -> Preprocessing.fromJson(cut)).startsWith("preprocessing "));
    }
  }
}

package nn.finetune.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import nn.layers.image.Pixels;
import nn.layers.image.Preprocessing;
import org.junit.jupiter.api.Test;

class AugmentationTest {
  private final Pixels image = Drawn.samples(8, 1).image(0);

  private static String messageOf(Runnable body) {
    return assertThrows(IllegalArgumentException.class, body::run).getMessage();
  }

  private static String text(Pixels pixels) {
    return Arrays.toString(pixels.values());
  }

  @Test
  void withoutAugmentationNothingChanges() {
    assertSame(image, Augmentation.none().change(image, new SplittableRandom(1)));
  }

  @Test
  void halfOfTheImagesAreMirrored() {
    SplittableRandom random = new SplittableRandom(1);
    int mirrored = 0;
    for (int i = 0; i < 1000; i++) {
      Pixels changed = Augmentation.none().flip().change(image, random);
      if (changed != image) {
        assertArrayEquals(image.flip().values(), changed.values());
        mirrored++;
      }
    }
    assertEquals(500, mirrored, 50);
  }

  @Test
  void aPaddedCropIsOneOfTheShiftsWithBlackBehind() {
    Set<String> shifts = new HashSet<>();
    for (int top = -2; top <= 2; top++) {
      for (int left = -2; left <= 2; left++) {
        shifts.add(text(image.crop(left, top, 8, 8)));
      }
    }
    assertEquals(25, shifts.size());
    SplittableRandom random = new SplittableRandom(1);
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < 1000; i++) {
      seen.add(text(Augmentation.none().paddedCrop(2).change(image, random)));
    }
    assertEquals(shifts, seen);
  }

  @Test
  void aResizedCropHasTheNetworksSizeAndShowsAPartOfTheImage() {
    SplittableRandom random = new SplittableRandom(1);
    Augmentation crop = Augmentation.none().resizedCrop(0.3);
    for (int[] size : new int[][] {{50, 40}, {3, 200}, {200, 1}, {1, 1}}) {
      Pixels photo = ImageFiles.pixels(Drawn.noise(size[0], size[1], 1));
      Set<String> seen = new HashSet<>();
      for (int i = 0; i < 50; i++) {
        Pixels fitted = crop.fit(photo, Preprocessing.cifar(), random);
        assertEquals(32, fitted.width());
        assertEquals(32, fitted.height());
        seen.add(text(fitted));
      }
      // of an image that is too long for such a part it is the middle
      assertEquals(size[0] == 50 ? 50 : 1, seen.size());
      assertEquals(1, crop.fit(photo, Preprocessing.mnist(), random).channels());
    }
  }

  @Test
  void jitterChangesColoursAndNotWhereTheyAre() {
    byte[] values = new byte[3 * 64];
    for (int i = 0; i < 64; i++) {
      values[3 * i] = (byte) (i < 32 ? 60 : 180);
      values[3 * i + 1] = 100;
      values[3 * i + 2] = 120;
    }
    Pixels halves = new Pixels(8, 8, 3, values);
    Set<String> seen = new HashSet<>();
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 100; i++) {
      Pixels changed = Augmentation.none().jitter(0.2).change(halves, random);
      for (int c = 0; c < 3; c++) {
        assertEquals(changed.at(0, 0, c), changed.at(7, 3, c));
        assertEquals(changed.at(0, 4, c), changed.at(7, 7, c));
      }
      assertTrue(changed.at(0, 0, 0) < changed.at(0, 4, 0));
      seen.add(text(changed));
    }
    assertTrue(seen.size() > 90);
    byte[] before = image.values().clone();
    Augmentation.none().jitter(0.5).change(image, random);
    assertArrayEquals(before, image.values());
  }

  @Test
  void jitterOfAlmostNothingChangesAlmostNothing() {
    Pixels changed =
        Augmentation.none().jitter(1e-9).change(image, new SplittableRandom(1));
    assertArrayEquals(image.values(), changed.values());
  }

  @Test
  void anAugmentationSaysWhatItDoes() {
    assertEquals("none", Augmentation.none().toString());
    assertEquals(
        "resized crop 0.5, padded crop 4, flip, jitter 0.2",
        Augmentation.none().flip().paddedCrop(4).jitter(0.2).resizedCrop(0.5).toString());
  }

  @Test
  void nonsenseIsRefused() {
    assertEquals(
        "padding must not be negative: -1", messageOf(() -> Augmentation.none().paddedCrop(-1)));
    assertEquals(
        "the smallest share of an image lies between 0 and 1, got 0.0",
        messageOf(() -> Augmentation.none().resizedCrop(0)));
    assertEquals(
        "the strength lies between 0 and 1, got 1.0",
        messageOf(() -> Augmentation.none().jitter(1)));
  }
}

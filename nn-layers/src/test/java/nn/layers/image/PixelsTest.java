package nn.layers.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class PixelsTest {
  private static Pixels grey(int width, int height, int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return new Pixels(width, height, 1, bytes);
  }

  private final Pixels six = grey(3, 2, 1, 2, 3, 4, 5, 6);

  private static String messageOf(Runnable body) {
    return assertThrows(IllegalArgumentException.class, body::run).getMessage();
  }

  @Test
  void thereAreSixWaysToTurnThree() {
    assertArrayEquals(new byte[] {3, 2, 1, 6, 5, 4}, six.flip().values());
    assertArrayEquals(new byte[] {1, 4, 2, 5, 3, 6}, six.transpose().values());
    assertEquals(2, six.transpose().width());
    assertArrayEquals(new byte[] {6, 5, 4, 3, 2, 1}, six.rotate180().values());
    assertArrayEquals(six.values(), six.rotate180().rotate180().values());
  }

  @Test
  void turningKeepsTheChannelsOfAPixelTogether() {
    Pixels two = new Pixels(2, 1, 3, new byte[] {1, 2, 3, 4, 5, 6});
    assertArrayEquals(new byte[] {4, 5, 6, 1, 2, 3}, two.flip().values());
    assertArrayEquals(new byte[] {4, 5, 6, 1, 2, 3}, two.rotate180().values());
    assertArrayEquals(two.values(), two.transpose().values());
    assertEquals(2, two.transpose().height());
  }

  @Test
  void aCropBeyondTheEdgesIsBlackThere() {
    assertArrayEquals(
        new byte[] {0, 0, 0, 0, 1, 2, 0, 4, 5, 0, 0, 0}, six.crop(-1, -1, 3, 4).values());
    assertArrayEquals(new byte[] {6, 0}, six.crop(2, 1, 2, 1).values());
    assertArrayEquals(new byte[2], six.crop(7, 0, 2, 1).values());
    assertArrayEquals(new byte[2], six.crop(0, -5, 1, 2).values());
  }

  @Test
  void theMiddleIsThatOfTorchvision() {
    Pixels line = grey(7, 1, 1, 2, 3, 4, 5, 6, 7);
    assertArrayEquals(new byte[] {3, 4, 5}, line.centreCrop(3, 1).values());
    assertArrayEquals(new byte[] {3, 4, 5, 6}, line.centreCrop(4, 1).values()); // 1½ becomes 2
    assertArrayEquals(new byte[] {1, 2, 3, 4, 5, 6}, line.centreCrop(6, 1).values()); // ½ becomes 0
    assertArrayEquals(
        new byte[] {0, 1, 2, 3, 4, 5, 6, 7, 0, 0}, line.centreCrop(10, 1).values());
    assertSame(line, line.centreCrop(7, 1));
  }

  @Test
  void greyIsTheLumaThatPillowComputes() {
    Pixels colours =
        new Pixels(
            4, 1, 3,
            new byte[] {(byte) 255, 0, 0, 0, (byte) 255, 0, 0, 0, (byte) 255, 53, 98, 13});
    assertArrayEquals(new byte[] {76, (byte) 150, 29, 75}, colours.withChannels(1).values());
  }

  @Test
  void greyInColourIsGreyInColourAndBack() {
    Pixels colour = six.withChannels(3);
    assertArrayEquals(
        new byte[] {1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5, 5, 5, 6, 6, 6}, colour.values());
    assertArrayEquals(six.values(), colour.withChannels(1).values());
    assertSame(six, six.withChannels(1));
  }

  @Test
  void planesAreWovenTogether() {
    byte[] planes = {9, 1, 2, 3, 4, 5, 6};
    assertArrayEquals(
        new byte[] {1, 3, 5, 2, 4, 6}, Pixels.ofPlanes(2, 1, 3, planes, 1).values());
    assertThrows(IndexOutOfBoundsException.class, () -> Pixels.ofPlanes(2, 1, 3, planes, 2));
  }

  @Test
  void aSampleIsBetween0And255() {
    Pixels colour = new Pixels(1, 2, 3, new byte[] {0, 1, 2, (byte) 128, (byte) 255, 127});
    assertEquals(128, colour.at(0, 1, 0));
    assertEquals(255, colour.at(0, 1, 1));
    assertEquals(2, colour.at(0, 0, 2));
  }

  @Test
  void whatIsNoImageIsRefused() {
    assertEquals(
        "an image has a positive size and 1 or 3 channels, got 0×2 with 1",
        messageOf(() -> new Pixels(0, 2, 1, new byte[0])));
    assertEquals(
        "an image has a positive size and 1 or 3 channels, got 1×1 with 4",
        messageOf(() -> new Pixels(1, 1, 4, new byte[4])));
    assertEquals(
        "5 bytes for 3×2 pixels of 1 channels",
        messageOf(() -> new Pixels(3, 2, 1, new byte[5])));
    assertEquals("an image has 1 or 3 channels, not 2", messageOf(() -> six.withChannels(2)));
    assertEquals(
        "the part of an image has a positive size, got 1×-1",
        messageOf(() -> six.crop(0, 0, 1, -1)));
  }
}

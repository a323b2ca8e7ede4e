package nn.layers.image;

import java.util.Arrays;
import java.util.Objects;

/// An image as 8-bit numbers: row by row, and within a row pixel by pixel, each with its channels
/// (grey, or red, green, blue).
public final class Pixels {
  private final int width;
  private final int height;
  private final int channels;
  private final byte[] values;

  /// @param channels 1 (grey) or 3 (red, green, blue)
  /// @param values `height · width · channels` bytes, used, not copied
  public Pixels(int width, int height, int channels, byte[] values) {
    if (width < 1 || height < 1 || (channels != 1 && channels != 3)) {
      throw new IllegalArgumentException(
          "an image has a positive size and 1 or 3 channels, got " + width + "×" + height + " with "
              + channels);
    }
    if (values.length != Math.multiplyExact(Math.multiplyExact(width, height), channels)) {
      throw new IllegalArgumentException(
          values.length + " bytes for " + width + "×" + height + " pixels of " + channels
              + " channels");
    }
    this.width = width;
    this.height = height;
    this.channels = channels;
    this.values = values;
  }

  /// An image given channel by channel (planar), as CIFAR's files hold it.
  public static Pixels ofPlanes(int width, int height, int channels, byte[] planes, int from) {
    int area = Math.multiplyExact(width, height);
    Objects.checkFromIndexSize(from, Math.multiplyExact(area, channels), planes.length);
    byte[] values = new byte[area * channels];
    for (int c = 0; c < channels; c++) {
      for (int i = 0; i < area; i++) {
        values[i * channels + c] = planes[from + c * area + i];
      }
    }
    return new Pixels(width, height, channels, values);
  }

  public int width() {
    return width;
  }

  public int height() {
    return height;
  }

  /// 1 (grey) or 3 (red, green, blue).
  public int channels() {
    return channels;
  }

  /// One channel of one pixel, 0 to 255.
  public int at(int x, int y, int channel) {
    return values[(y * width + x) * channels + channel] & 0xff;
  }

  /// The live bytes, to read.
  public byte[] values() {
    return values;
  }

  /// The same image in grey or in colour. Grey is 0.299 red + 0.587 green + 0.114 blue (ITU-R
  /// BT.601), in whole numbers of 2⁻¹⁶ as Pillow has it.
  public Pixels withChannels(int wanted) {
    if (wanted == channels) {
      return this;
    }
    if (wanted != 1 && wanted != 3) {
      throw new IllegalArgumentException("an image has 1 or 3 channels, not " + wanted);
    }
    byte[] converted = new byte[Math.multiplyExact(width * height, wanted)];
    for (int i = 0; i < width * height; i++) {
      if (wanted == 3) {
        Arrays.fill(converted, 3 * i, 3 * i + 3, values[i]);
      } else {
        int red = values[3 * i] & 0xff;
        int green = values[3 * i + 1] & 0xff;
        int blue = values[3 * i + 2] & 0xff;
        converted[i] = (byte) ((19595 * red + 38470 * green + 7471 * blue + (1 << 15)) >> 16);
      }
    }
    return new Pixels(width, height, wanted, converted);
  }

  /// A part of the image. What lies beyond its edges is black.
  public Pixels crop(int left, int top, int newWidth, int newHeight) {
    if (newWidth < 1 || newHeight < 1) {
      throw new IllegalArgumentException(
          "the part of an image has a positive size, got " + newWidth + "×" + newHeight);
    }
    if (left == 0 && top == 0 && newWidth == width && newHeight == height) {
      return this;
    }
    byte[] cut =
        new byte[Math.multiplyExact(Math.multiplyExact(newWidth, newHeight), channels)];
    int fromX = Math.max(0, left);
    int toX = Math.min(width, left + newWidth);
    for (int y = Math.max(0, top); y < Math.min(height, top + newHeight) && fromX < toX; y++) {
      System.arraycopy(
          values,
          (y * width + fromX) * channels,
          cut,
          ((y - top) * newWidth + fromX - left) * channels,
          (toX - fromX) * channels);
    }
    return new Pixels(newWidth, newHeight, channels, cut);
  }

  /// The part in the middle. What lies beyond the edges is black.
  public Pixels centreCrop(int newWidth, int newHeight) {
    if (newWidth == width && newHeight == height) {
      return this;
    }
    Window middle = Window.middle(width, height, newWidth, newHeight);
    return crop(middle.left(), middle.top(), newWidth, newHeight);
  }

  /// The image mirrored, left to right.
  public Pixels flip() {
    byte[] mirrored = new byte[values.length];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        for (int c = 0; c < channels; c++) {
          mirrored[(y * width + x) * channels + c] =
              values[(y * width + width - 1 - x) * channels + c];
        }
      }
    }
    return new Pixels(width, height, channels, mirrored);
  }

  /// Rows become columns: mirrored at the diagonal from the upper left.
  public Pixels transpose() {
    byte[] turned = new byte[values.length];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        System.arraycopy(
            values, (y * width + x) * channels, turned, (x * height + y) * channels, channels);
      }
    }
    return new Pixels(height, width, channels, turned);
  }

  /// The image turned by 180°.
  public Pixels rotate180() {
    byte[] turned = new byte[values.length];
    int area = width * height;
    for (int i = 0; i < area; i++) {
      System.arraycopy(values, i * channels, turned, (area - 1 - i) * channels, channels);
    }
    return new Pixels(width, height, channels, turned);
  }

  /// The image at another size, smoothed as much as it shrinks (see [Resampling]).
  public Pixels resize(int newWidth, int newHeight, Resampling how) {
    if (newWidth < 1 || newHeight < 1) {
      throw new IllegalArgumentException(
          "an image is resized to a positive size, got " + newWidth + "×" + newHeight);
    }
    return newWidth == width && newHeight == height
        ? this
        : how.resize(this, newWidth, newHeight, new Window(0, 0, newWidth, newHeight));
  }

  /// The middle of the image at another size; only what lies in the middle is computed. Where the
  /// image does not reach, it is black.
  Pixels resizeAndCrop(int newWidth, int newHeight, Resampling how, int cropWidth, int cropHeight) {
    if (newWidth == width && newHeight == height) {
      return centreCrop(cropWidth, cropHeight);
    }
    Window middle = Window.middle(newWidth, newHeight, cropWidth, cropHeight);
    Window inside = middle.within(newWidth, newHeight);
    return how.resize(this, newWidth, newHeight, inside)
        .crop(
            middle.left() - inside.left(), middle.top() - inside.top(), cropWidth, cropHeight);
  }
}

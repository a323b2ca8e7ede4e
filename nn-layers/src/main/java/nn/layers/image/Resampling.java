package nn.layers.image;

import java.util.Arrays;

/// How an image is brought to another size. When it shrinks, the filter is widened by the same
/// factor, so that every pixel of the original counts (antialiasing): without that, networks lose
/// points of accuracy on images that were shrunk.
///
/// The rule is that of Pillow, which most published networks were trained with, to the bit: the new
/// pixel i has its centre at (i + ½) · scale in the old image, and is the weighted mean of the old
/// pixels around; rows first, then columns, each rounded to 8 bits.
public enum Resampling {
  /// A triangle: weight 1 − |d| within 1 pixel.
  BILINEAR(1),
  /// Keys's cubic with a = −½, within 2 pixels: Keys, "Cubic Convolution Interpolation", 1981.
  BICUBIC(2);

  /// Weights are whole numbers of 2⁻²²: with 8 bits of a pixel and 1 of a sign they fill an int.
  private static final int BITS = 22;

  private static final int HALF = 1 << (BITS - 1);

  private final double support;

  Resampling(double support) {
    this.support = support;
  }

  private double weight(double distance) {
    double d = Math.abs(distance);
    return switch (this) {
      case BILINEAR -> Math.max(0, 1 - d);
      case BICUBIC -> {
        if (d < 1) {
          yield (1.5 * d - 2.5) * d * d + 1;
        }
        yield d < 2 ? ((-0.5 * d + 2.5) * d - 4) * d + 2 : 0;
      }
    };
  }

  /// For each new pixel, the first old one that counts, and the weights from there on.
  private record Taps(int[] first, int[][] weights) {
    int begin() {
      return first[0];
    }

    int end() {
      return first[first.length - 1] + weights[weights.length - 1].length;
    }
  }

  /// The taps of `count` new pixels of an edge that goes from `oldLength` to `newLength`.
  private Taps taps(int oldLength, int newLength, int from, int count) {
    double scale = (double) oldLength / newLength;
    double stretch = Math.max(1, scale);
    double reach = support * stretch;
    int[] first = new int[count];
    int[][] weights = new int[count][];
    for (int i = 0; i < count; i++) {
      double centre = (from + i + 0.5) * scale;
      int begin = Math.max(0, (int) (centre - reach + 0.5));
      int end = Math.min(oldLength, (int) (centre + reach + 0.5));
      double[] raw = new double[end - begin];
      double sum = 0;
      for (int j = 0; j < raw.length; j++) {
        raw[j] = weight((begin + j - centre + 0.5) / stretch);
        sum += raw[j];
      }
      first[i] = begin;
      weights[i] = new int[raw.length];
      for (int j = 0; j < raw.length; j++) {
        double share = raw[j] / sum * (1 << BITS);
        weights[i][j] = (int) (share < 0 ? share - 0.5 : share + 0.5);
      }
    }
    return new Taps(first, weights);
  }

  /// The part of the resized image that lies in a window; the rest is not computed.
  Pixels resize(Pixels image, int newWidth, int newHeight, Window window) {
    Taps across = taps(image.width(), newWidth, window.left(), window.width());
    Taps down = taps(image.height(), newHeight, window.top(), window.height());
    int rows = down.end() - down.begin();
    int row = Math.multiplyExact(window.width(), image.channels());
    byte[] narrow = new byte[Math.multiplyExact(rows, row)];
    for (int y = 0; y < rows; y++) {
      squeezeRow(image, down.begin() + y, across, narrow, y * row);
    }
    byte[] resized = new byte[Math.multiplyExact(window.height(), row)];
    int[] sums = new int[row];
    for (int y = 0; y < window.height(); y++) {
      squeezeColumns(narrow, down.first[y] - down.begin(), down.weights[y], sums);
      for (int i = 0; i < row; i++) {
        resized[y * row + i] = rounded(sums[i]);
      }
    }
    return new Pixels(window.width(), window.height(), image.channels(), resized);
  }

  private static void squeezeRow(Pixels image, int y, Taps across, byte[] to, int at) {
    byte[] old = image.values();
    int channels = image.channels();
    for (int x = 0; x < across.first.length; x++) {
      int[] weights = across.weights[x];
      for (int c = 0; c < channels; c++) {
        int from = (y * image.width() + across.first[x]) * channels + c;
        int sum = HALF;
        for (int j = 0; j < weights.length; j++) {
          sum += weights[j] * (old[from + j * channels] & 0xff);
        }
        to[at + x * channels + c] = rounded(sum);
      }
    }
  }

  private static void squeezeColumns(byte[] rows, int first, int[] weights, int[] sums) {
    Arrays.fill(sums, HALF);
    for (int j = 0; j < weights.length; j++) {
      int weight = weights[j];
      int at = (first + j) * sums.length;
      for (int i = 0; i < sums.length; i++) {
        sums[i] += weight * (rows[at + i] & 0xff);
      }
    }
  }

  private static byte rounded(int sum) {
    return (byte) Math.clamp(sum >> BITS, 0, 255);
  }
}

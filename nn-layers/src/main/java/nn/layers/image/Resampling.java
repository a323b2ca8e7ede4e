package nn.layers.image;

import java.util.Arrays;

/// How an image is brought to another size. When it shrinks, the filter is widened by the same factor, so that every pixel of
/// the original counts (antialiasing): without that, networks lose points of accuracy on images that were shrunk.
///
/// The rule is that of Pillow, which most published networks were trained with: the new pixel i has its centre at
/// (i + ½) · scale in the old image, and is the weighted mean of the old pixels around.
public enum Resampling {
  /// A triangle: weight 1 − |d| within 1 pixel.
  BILINEAR(1),
  /// Keys's cubic with a = −½, within 2 pixels: Keys, "Cubic Convolution Interpolation", 1981.
  BICUBIC(2);

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
  private record Taps(int[] first, float[][] weights) {}

  private Taps taps(int from, int to) {
    double scale = (double) from / to;
    double stretch = Math.max(1, scale);
    double reach = support * stretch;
    int[] first = new int[to];
    float[][] weights = new float[to][];
    for (int i = 0; i < to; i++) {
      double centre = (i + 0.5) * scale;
      int begin = Math.max(0, (int) (centre - reach + 0.5));
      int end = Math.min(from, (int) (centre + reach + 0.5));
      double[] raw = new double[end - begin];
      double sum = 0;
      for (int j = 0; j < raw.length; j++) {
        raw[j] = weight((begin + j - centre + 0.5) / stretch);
        sum += raw[j];
      }
      first[i] = begin;
      weights[i] = new float[raw.length];
      for (int j = 0; j < raw.length; j++) {
        weights[i][j] = (float) (raw[j] / sum);
      }
    }
    return new Taps(first, weights);
  }

  /// Rows first, then columns.
  Pixels resize(Pixels image, int width, int height) {
    int channels = image.channels();
    byte[] old = image.values();
    Taps across = taps(image.width(), width);
    Taps down = taps(image.height(), height);
    float[] narrow = new float[image.height() * width * channels];
    for (int y = 0; y < image.height(); y++) {
      for (int x = 0; x < width; x++) {
        float[] weights = across.weights[x];
        for (int c = 0; c < channels; c++) {
          float sum = 0f;
          int at = (y * image.width() + across.first[x]) * channels + c;
          for (int j = 0; j < weights.length; j++) {
            sum += weights[j] * (old[at + j * channels] & 0xff);
          }
          narrow[(y * width + x) * channels + c] = sum;
        }
      }
    }
    int row = width * channels;
    byte[] resized = new byte[height * row];
    float[] sums = new float[row];
    for (int y = 0; y < height; y++) {
      Arrays.fill(sums, 0f);
      float[] weights = down.weights[y];
      for (int j = 0; j < weights.length; j++) {
        int at = (down.first[y] + j) * row;
        for (int i = 0; i < row; i++) {
          sums[i] += weights[j] * narrow[at + i];
        }
      }
      for (int i = 0; i < row; i++) {
        resized[y * row + i] = (byte) Math.max(0, Math.min(255, Math.round(sums[i])));
      }
    }
    return new Pixels(width, height, channels, resized);
  }
}

package nn.core.kernel;

import static nn.core.kernel.VectorDepthwisePlanes.TAPS;
import static nn.core.kernel.VectorDepthwisePlanes.ZEROS;
import static nn.core.kernel.VectorDepthwisePlanes.ZEROS_AT;
import static nn.core.kernel.VectorDepthwisePlanes.lanes;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;
import org.jspecify.annotations.Nullable;

/// [VectorDepthwise3x3] for planes that the nearest cache holds. A column of vectors is gone through from top to bottom.
///
/// Forward, each row is loaded once, as the left, the middle and the right taps see it, and serves three output rows: the upper
/// one is complete then, the two others wait in registers. For the weight gradient three rows of the output's gradient wait there.
/// What the left and the right taps see is loaded, or made by moving lanes, whichever was faster: by a tenth forward and a fifth backward.
///
/// On two threads, batch of 8, forward and weight gradient: 384 channels of 14×14 0.04 and 0.05 ms, 960 of 7×7 0.05 and
/// 0.07; by [VectorDepthwiseSmall] 0.35 and 0.38, 0.24 and 0.26 (AMD Zen 5).
final class VectorDepthwise3x3Narrow {
  private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
  private static final int L = S.length();
  private static final VectorShuffle<Float> BEFORE = VectorShuffle.iota(S, -1, 1, true);
  private static final VectorShuffle<Float> AFTER = VectorShuffle.iota(S, 1, 1, true);
  private static final VectorMask<Float> FIRST = VectorMask.fromLong(S, 1);
  private static final VectorMask<Float> LAST = VectorMask.fromLong(S, lanes(L - 1, L));
  private static final int WIDEST = 48;

  private VectorDepthwise3x3Narrow() {}

  /// Wider rows are better read one after the other.
  static boolean fits(int width) {
    return width <= WIDEST;
  }

  static void correlate(
      int planes, int firstChannel, int channels, int height, int width, float[] x, int xAt,
      float[] w, int firstTap, int tapStep, float @Nullable [] bias, float[] y, int yAt) {
    if (width < L) {
      correlateShort(
          planes, firstChannel, channels, height, width, x, xAt, w, firstTap, tapStep, bias, y,
          yAt);
      return;
    }
    FloatVector zero = FloatVector.zero(S);
    int channel = firstChannel;
    for (int plane = 0; plane < planes; plane++) {
      int tap = channel * TAPS + firstTap;
      FloatVector w00 = FloatVector.broadcast(S, w[tap]);
      FloatVector w01 = FloatVector.broadcast(S, w[tap + tapStep]);
      FloatVector w02 = FloatVector.broadcast(S, w[tap + 2 * tapStep]);
      FloatVector w10 = FloatVector.broadcast(S, w[tap + 3 * tapStep]);
      FloatVector w11 = FloatVector.broadcast(S, w[tap + 4 * tapStep]);
      FloatVector w12 = FloatVector.broadcast(S, w[tap + 5 * tapStep]);
      FloatVector w20 = FloatVector.broadcast(S, w[tap + 6 * tapStep]);
      FloatVector w21 = FloatVector.broadcast(S, w[tap + 7 * tapStep]);
      FloatVector w22 = FloatVector.broadcast(S, w[tap + 8 * tapStep]);
      FloatVector shift = FloatVector.broadcast(S, bias == null ? 0f : bias[channel]);
      int from = xAt + plane * height * width;
      int to = yAt + plane * height * width;
      for (int next = 0; next < width; next += L) {
        int column = Math.min(next, width - L); // the last vector overlaps the one before
        VectorMask<Float> left = VectorMask.fromLong(S, lanes(1 - column, L));
        VectorMask<Float> right = VectorMask.fromLong(S, lanes(0, width - 1 - column));
        FloatVector upper = shift; // what the output row above has so far
        FloatVector middle = shift;
        for (int row = 0; row < height; row++) {
          int at = from + row * width + column;
          FloatVector x0 = zero.blend(FloatVector.fromArray(S, x, at - 1), left);
          FloatVector x1 = FloatVector.fromArray(S, x, at);
          FloatVector x2 = zero.blend(FloatVector.fromArray(S, x, at + 1), right);
          if (row > 0) {
            x2.fma(w22, x1.fma(w21, x0.fma(w20, upper)))
                .intoArray(y, to + (row - 1) * width + column);
          }
          upper = x2.fma(w12, x1.fma(w11, x0.fma(w10, middle)));
          middle = x2.fma(w02, x1.fma(w01, x0.fma(w00, shift)));
        }
        upper.intoArray(y, to + (height - 1) * width + column);
      }
      channel = channel + 1 == channels ? 0 : channel + 1;
    }
  }

  /// Rows that are shorter than a vector are followed by zeros, and moving lanes brings these to both edges. Masks are made once for all
  /// planes: 960 channels of 7×7 took 0.07 ms with one loop for all widths, 0.05 with this one.
  private static void correlateShort(
      int planes, int firstChannel, int channels, int height, int width, float[] x, int xAt,
      float[] w, int firstTap, int tapStep, float @Nullable [] bias, float[] y, int yAt) {
    FloatVector zero = FloatVector.zero(S);
    VectorMask<Float> inside = VectorMask.fromLong(S, lanes(0, width));
    int channel = firstChannel;
    for (int plane = 0; plane < planes; plane++) {
      int tap = channel * TAPS + firstTap;
      FloatVector w00 = FloatVector.broadcast(S, w[tap]);
      FloatVector w01 = FloatVector.broadcast(S, w[tap + tapStep]);
      FloatVector w02 = FloatVector.broadcast(S, w[tap + 2 * tapStep]);
      FloatVector w10 = FloatVector.broadcast(S, w[tap + 3 * tapStep]);
      FloatVector w11 = FloatVector.broadcast(S, w[tap + 4 * tapStep]);
      FloatVector w12 = FloatVector.broadcast(S, w[tap + 5 * tapStep]);
      FloatVector w20 = FloatVector.broadcast(S, w[tap + 6 * tapStep]);
      FloatVector w21 = FloatVector.broadcast(S, w[tap + 7 * tapStep]);
      FloatVector w22 = FloatVector.broadcast(S, w[tap + 8 * tapStep]);
      FloatVector shift = FloatVector.broadcast(S, bias == null ? 0f : bias[channel]);
      int from = xAt + plane * height * width;
      int to = yAt + plane * height * width;
      int end = to + height * width;
      FloatVector upper = shift;
      FloatVector middle = shift;
      for (int row = 0; row < height; row++) {
        FloatVector x1 = zero.blend(FloatVector.fromArray(S, x, from + row * width), inside);
        FloatVector x0 = x1.rearrange(BEFORE);
        FloatVector x2 = x1.rearrange(AFTER);
        if (row > 0) {
          FloatVector done = x2.fma(w22, x1.fma(w21, x0.fma(w20, upper)));
          int place = to + (row - 1) * width;
          if (place + L <= end) { // lanes that do not count are overwritten by the next rows
            done.intoArray(y, place);
          } else {
            done.intoArray(y, place, inside);
          }
        }
        upper = x2.fma(w12, x1.fma(w11, x0.fma(w10, middle)));
        middle = x2.fma(w02, x1.fma(w01, x0.fma(w00, shift)));
      }
      upper.intoArray(y, end - width, inside);
      channel = channel + 1 == channels ? 0 : channel + 1;
    }
  }

  /// `sums[ky·3 + kx] += Σ dy[i][j] · x[i + ky − 1][j + kx − 1]`, lane by lane.
  static void products(
      int images, int channels, int height, int width, float[] x, int xAt, float[] dy, int dyAt,
      float[] sums, int sumsAt) {
    FloatVector zero = FloatVector.zero(S);
    FloatVector s00 = FloatVector.fromArray(S, sums, sumsAt);
    FloatVector s01 = FloatVector.fromArray(S, sums, sumsAt + L);
    FloatVector s02 = FloatVector.fromArray(S, sums, sumsAt + 2 * L);
    FloatVector s10 = FloatVector.fromArray(S, sums, sumsAt + 3 * L);
    FloatVector s11 = FloatVector.fromArray(S, sums, sumsAt + 4 * L);
    FloatVector s12 = FloatVector.fromArray(S, sums, sumsAt + 5 * L);
    FloatVector s20 = FloatVector.fromArray(S, sums, sumsAt + 6 * L);
    FloatVector s21 = FloatVector.fromArray(S, sums, sumsAt + 7 * L);
    FloatVector s22 = FloatVector.fromArray(S, sums, sumsAt + 8 * L);
    for (int image = 0; image < images; image++) {
      int first = image * channels * height * width;
      for (int column = 0; column < width; column += L) {
        VectorMask<Float> inside = VectorMask.fromLong(S, lanes(0, width - column)); // further out, 256 bit take half as long again
        FloatVector above = zero;
        FloatVector here =
            zero.blend(FloatVector.fromArray(S, dy, dyAt + first + column), inside);
        for (int row = 0; row < height; row++) {
          int at = first + row * width + column;
          float[] down = row + 1 == height ? ZEROS : dy;
          int downAt = row + 1 == height ? ZEROS_AT : dyAt + at + width;
          FloatVector x1 = zero.blend(FloatVector.fromArray(S, x, xAt + at), inside);
          FloatVector x0 =
              zero.blend(
                  x1.rearrange(BEFORE).blend(column == 0 ? 0f : x[xAt + at - 1], FIRST), inside);
          FloatVector x2 =
              x1.rearrange(AFTER).blend(column + L >= width ? 0f : x[xAt + at + L], LAST);
          FloatVector below = zero.blend(FloatVector.fromArray(S, down, downAt), inside);
          s00 = x0.fma(below, s00);
          s01 = x1.fma(below, s01);
          s02 = x2.fma(below, s02);
          s10 = x0.fma(here, s10);
          s11 = x1.fma(here, s11);
          s12 = x2.fma(here, s12);
          s20 = x0.fma(above, s20);
          s21 = x1.fma(above, s21);
          s22 = x2.fma(above, s22);
          above = here;
          here = below;
        }
      }
    }
    s00.intoArray(sums, sumsAt);
    s01.intoArray(sums, sumsAt + L);
    s02.intoArray(sums, sumsAt + 2 * L);
    s10.intoArray(sums, sumsAt + 3 * L);
    s11.intoArray(sums, sumsAt + 4 * L);
    s12.intoArray(sums, sumsAt + 5 * L);
    s20.intoArray(sums, sumsAt + 6 * L);
    s21.intoArray(sums, sumsAt + 7 * L);
    s22.intoArray(sums, sumsAt + 8 * L);
  }
}

package nn.core.kernel;

import static nn.core.kernel.VectorDepthwisePlanes.TAPS;
import static nn.core.kernel.VectorDepthwisePlanes.ZEROS;
import static nn.core.kernel.VectorDepthwisePlanes.ZEROS_AT;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;
import org.jspecify.annotations.Nullable;

/// Depthwise convolution with 3×3 taps: pixels as lanes, planes where they lie, the weights or their gradients in registers.
///
/// Two output rows at a time are gone through from left to right. Vectors are taken from where each tap sees them; at the
/// left and the right edge, lanes are then set to zero. To load with a mask was slower, by a tenth in cache and by half from memory.
/// Going down a column of vectors needs fewer loads ([VectorDepthwise3x3Narrow]), but large planes came from memory at a third of
/// the speed.
///
/// 32 channels of 112×112, batch of 8, on two threads: 0.5 ms forward and 0.45 for the weight gradient, 0.84 and 1.6 by
/// [VectorDepthwise] (AMD Zen 5).
///
/// In gradients of the weights, rows beyond the edge count as zeros too: an infinite number in the first or the last row may show as NaN
/// in all taps.
final class VectorDepthwise3x3 {
  private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
  private static final int L = S.length();
  private static final long ALL = VectorDepthwisePlanes.lanes(0, L);
  private static final long NOT_FIRST = VectorDepthwisePlanes.lanes(1, L);
  private static final long NOT_LAST = VectorDepthwisePlanes.lanes(0, L - 1);

  private VectorDepthwise3x3() {}

  static boolean fits(ConvGeometry g) {
    return VectorDepthwisePlanes.fits(g);
  }

  static void forward(ConvGeometry g, float[] x, float[] w, float @Nullable [] bias, float[] y) {
    if (g.settings().strideHeight() == 2) {
      VectorDepthwise3x3Step2.forward(g, x, w, bias, y);
    } else {
      correlate(g, x, w, 0, 1, bias, y);
    }
  }

  /// The same with the weights turned around.
  static void inputGradient(ConvGeometry g, float[] dy, float[] w, float[] dx) {
    if (g.settings().strideHeight() == 2) {
      VectorDepthwise3x3Step2.inputGradient(g, dy, w, dx);
    } else {
      correlate(g, dy, w, TAPS - 1, -1, null, dx);
    }
  }

  private static void correlate(
      ConvGeometry g, float[] x, float[] w, int firstTap, int tapStep, float @Nullable [] bias,
      float[] y) {
    int height = g.inHeight();
    int width = g.inWidth();
    boolean narrow = VectorDepthwise3x3Narrow.fits(width);
    VectorDepthwisePlanes.each(
        g, x, height * width, y, height * width,
        (planes, channel, in, inAt, out, outAt) -> {
          if (narrow) {
            VectorDepthwise3x3Narrow.correlate(
                planes, channel, g.inChannels(), height, width, in, inAt, w, firstTap, tapStep,
                bias, out, outAt);
          } else {
            correlate(
                planes, channel, g.inChannels(), height, width, in, inAt, w, firstTap, tapStep,
                bias, out, outAt);
          }
        });
  }

  private static void correlate(
      int planes, int firstChannel, int channels, int height, int width, float[] x, int xAt,
      float[] w, int firstTap, int tapStep, float @Nullable [] bias, float[] y, int yAt) {
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
      for (int next = 0; next < height; next += 2) {
        int row = Math.min(next, height - 2); // the last two may be one row that was done already, and the last
        float[] above = row == 0 ? ZEROS : x;
        int aboveAt = row == 0 ? ZEROS_AT : from + (row - 1) * width;
        int at = from + row * width;
        float[] below = row + 2 == height ? ZEROS : x;
        int belowAt = row + 2 == height ? ZEROS_AT : at + 2 * width;
        int place = to + row * width;
        for (int c = 0; c < width; c += L) {
          int column = Math.min(c, width - L); // the last vector overlaps the one before
          VectorMask<Float> left = VectorMask.fromLong(S, column == 0 ? NOT_FIRST : ALL);
          VectorMask<Float> right = VectorMask.fromLong(S, column + L == width ? NOT_LAST : ALL);
          FloatVector x0 = zero.blend(FloatVector.fromArray(S, above, aboveAt + column - 1), left);
          FloatVector x1 = FloatVector.fromArray(S, above, aboveAt + column);
          FloatVector x2 = zero.blend(FloatVector.fromArray(S, above, aboveAt + column + 1), right);
          FloatVector y0 = x2.fma(w02, x1.fma(w01, x0.fma(w00, shift)));
          x0 = zero.blend(FloatVector.fromArray(S, x, at + column - 1), left);
          x1 = FloatVector.fromArray(S, x, at + column);
          x2 = zero.blend(FloatVector.fromArray(S, x, at + column + 1), right);
          y0 = x2.fma(w12, x1.fma(w11, x0.fma(w10, y0)));
          FloatVector y1 = x2.fma(w02, x1.fma(w01, x0.fma(w00, shift)));
          x0 = zero.blend(FloatVector.fromArray(S, x, at + width + column - 1), left);
          x1 = FloatVector.fromArray(S, x, at + width + column);
          x2 = zero.blend(FloatVector.fromArray(S, x, at + width + column + 1), right);
          y0 = x2.fma(w22, x1.fma(w21, x0.fma(w20, y0)));
          y1 = x2.fma(w12, x1.fma(w11, x0.fma(w10, y1)));
          x0 = zero.blend(FloatVector.fromArray(S, below, belowAt + column - 1), left);
          x1 = FloatVector.fromArray(S, below, belowAt + column);
          x2 = zero.blend(FloatVector.fromArray(S, below, belowAt + column + 1), right);
          y1 = x2.fma(w22, x1.fma(w21, x0.fma(w20, y1)));
          y0.intoArray(y, place + column);
          y1.intoArray(y, place + width + column);
        }
      }
      channel = channel + 1 == channels ? 0 : channel + 1;
    }
  }

  static void weightGradient(ConvGeometry g, float[] x, float[] dy, float[] dw) {
    if (g.settings().strideHeight() == 2) {
      VectorDepthwise3x3Step2.weightGradient(g, x, dy, dw);
      return;
    }
    int height = g.inHeight();
    int width = g.inWidth();
    boolean narrow = VectorDepthwise3x3Narrow.fits(width);
    VectorDepthwisePlanes.sum(
        g, x, dy, dw, narrow,
        (images, in, inAt, arrived, arrivedAt, sums, sumsAt) -> {
          if (narrow) {
            VectorDepthwise3x3Narrow.products(
                images, g.inChannels(), height, width, in, inAt, arrived, arrivedAt, sums, sumsAt);
          } else {
            products(
                images, g.inChannels(), height, width, in, inAt, arrived, arrivedAt, sums, sumsAt);
          }
        });
  }

  /// `sums[ky·3 + kx] += Σ dy[i][j] · x[i + ky − 1][j + kx − 1]`, lane by lane.
  private static void products(
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
      for (int row = 0; row < height; row++) {
        int at = first + row * width;
        float[] above = row == 0 ? ZEROS : dy;
        int aboveAt = row == 0 ? ZEROS_AT : dyAt + at - width;
        float[] below = row + 1 == height ? ZEROS : dy;
        int belowAt = row + 1 == height ? ZEROS_AT : dyAt + at + width;
        for (int column = 0; column < width; column += L) {
          long lanes = VectorDepthwisePlanes.lanes(0, width - column);
          VectorMask<Float> inside = VectorMask.fromLong(S, lanes);
          VectorMask<Float> left = VectorMask.fromLong(S, column == 0 ? NOT_FIRST : lanes);
          VectorMask<Float> right =
              VectorMask.fromLong(S, VectorDepthwisePlanes.lanes(0, width - 1 - column));
          int place = xAt + at + column;
          FloatVector x0 = zero.blend(FloatVector.fromArray(S, x, place - 1), left);
          FloatVector x1 = zero.blend(FloatVector.fromArray(S, x, place), inside);
          FloatVector x2 = zero.blend(FloatVector.fromArray(S, x, place + 1), right);
          FloatVector d = zero.blend(FloatVector.fromArray(S, below, belowAt + column), inside);
          s00 = x0.fma(d, s00);
          s01 = x1.fma(d, s01);
          s02 = x2.fma(d, s02);
          d = zero.blend(FloatVector.fromArray(S, dy, dyAt + at + column), inside);
          s10 = x0.fma(d, s10);
          s11 = x1.fma(d, s11);
          s12 = x2.fma(d, s12);
          d = zero.blend(FloatVector.fromArray(S, above, aboveAt + column), inside);
          s20 = x0.fma(d, s20);
          s21 = x1.fma(d, s21);
          s22 = x2.fma(d, s22);
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

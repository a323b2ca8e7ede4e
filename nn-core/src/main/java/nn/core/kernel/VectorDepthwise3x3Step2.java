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

/// [VectorDepthwise3x3] with a step of 2, for planes with even sides. The middle taps see the numbers of a row in even places, the right
/// taps those in odd places, and the left taps the same moved by a column. They are picked from two vectors that begin an odd number of
/// places apart, by a choice alone: so the lanes hold columns in another order, in which outputs' gradients are put, and out of which
/// results. Columns of vectors are gone through from top to bottom, so that each input row is picked once; but some rows at a time, since
/// memory is slow if it is read in jumps.
///
/// 96 channels of 112×112, batch of 8, on two threads: 1.1 ms forward, 1.2 and 1.3 backward; 3.7, 3.2 and 4.6 by [VectorDepthwise]
/// (AMD Zen 5, picked by permutations, all rows at a time). 3.9 ms forward, 3.8 for weights, in place of 7.5 and 7.8 with all rows at a
/// time (AMD Zen 3).
final class VectorDepthwise3x3Step2 {
  private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
  private static final int L = S.length();
  private static final int BAND = 1 << 8; // output pixels
  // Lanes hold columns in another order, 0, L/2, 1, L/2 + 1, …, which spares permutations.
  private static final VectorShuffle<Float> TAKEN =
      VectorShuffle.fromOp(S, VectorDepthwise3x3Step2::column);
  private static final VectorShuffle<Float> SORTED =
      VectorShuffle.fromOp(S, column -> column < L / 2 ? 2 * column : 2 * column - L + 1);
  private static final VectorShuffle<Float> BEFORE =
      VectorShuffle.fromOp(S, i -> i == 0 ? 0 : i == 1 ? L - 2 : i - 2);
  private static final FloatVector COLUMNS = columns();
  private static final VectorShuffle<Float> LOW = VectorShuffle.fromOp(S, i -> i / 2);
  private static final VectorShuffle<Float> HIGH = VectorShuffle.fromOp(S, i -> (L + i) / 2);
  private static final VectorMask<Float> FIRST = VectorMask.fromLong(S, 1);
  private static final VectorMask<Float> ODD_LANES =
      VectorMask.fromLong(S, lanes(0, L) / 3 * 2);

  private VectorDepthwise3x3Step2() {}

  private static int column(int lane) {
    return lane / 2 + lane % 2 * (L / 2);
  }

  private static FloatVector columns() {
    float[] columns = new float[L];
    for (int lane = 0; lane < L; lane++) {
      columns[lane] = column(lane);
    }
    return FloatVector.fromArray(S, columns, 0);
  }

  /// How many output rows are gone through together: few enough that what lies in memory one after the other is read nearly so, many
  /// enough that picking the row above again counts little.
  private static int band(int width) {
    return Math.max(4, BAND / width);
  }

  /// `x[at + 2 · column]` in the lanes' order.
  private static FloatVector everySecond(float[] x, int at) {
    return FloatVector.fromArray(S, x, at)
        .blend(FloatVector.fromArray(S, x, at + L - 1), ODD_LANES);
  }

  /// What left taps see, from what right taps see: the same moved by a column.
  private static FloatVector before(FloatVector right, float[] x, int at, int column) {
    return right.rearrange(BEFORE).blend(column == 0 ? 0f : x[at - 1], FIRST);
  }

  static void forward(ConvGeometry g, float[] x, float[] w, float @Nullable [] bias, float[] y) {
    VectorDepthwisePlanes.each(
        g, x, g.inHeight() * g.inWidth(), y, g.outHeight() * g.outWidth(),
        (planes, channel, in, inAt, out, outAt) -> forward(
            planes, channel, g.inChannels(), g.outHeight(), g.outWidth(), in, inAt, w, bias, out,
            outAt));
  }

  private static void forward(
      int planes, int firstChannel, int channels, int height, int width, float[] x, int xAt,
      float[] w, float @Nullable [] bias, float[] y, int yAt) {
    int channel = firstChannel;
    for (int plane = 0; plane < planes; plane++) {
      int tap = channel * TAPS;
      FloatVector w00 = FloatVector.broadcast(S, w[tap]);
      FloatVector w01 = FloatVector.broadcast(S, w[tap + 1]);
      FloatVector w02 = FloatVector.broadcast(S, w[tap + 2]);
      FloatVector w10 = FloatVector.broadcast(S, w[tap + 3]);
      FloatVector w11 = FloatVector.broadcast(S, w[tap + 4]);
      FloatVector w12 = FloatVector.broadcast(S, w[tap + 5]);
      FloatVector w20 = FloatVector.broadcast(S, w[tap + 6]);
      FloatVector w21 = FloatVector.broadcast(S, w[tap + 7]);
      FloatVector w22 = FloatVector.broadcast(S, w[tap + 8]);
      FloatVector shift = FloatVector.broadcast(S, bias == null ? 0f : bias[channel]);
      int to = yAt + plane * height * width;
      int end = to + height * width;
      for (int top = 0; top < height; top += band(width)) {
        int bottom = Math.min(height, top + band(width));
        for (int next = 0; next < width; next += L) {
          int column = Math.max(0, Math.min(next, width - L)); // the last vector overlaps the one before
          VectorMask<Float> inside = VectorMask.fromLong(S, lanes(0, width - column));
          int at = xAt + (plane * height + top) * 4 * width + 2 * column;
          FloatVector begun = shift; // what the output row has from the input row above
          if (top > 0) {
            FloatVector x2 = everySecond(x, at - 2 * width + 1);
            FloatVector x0 = before(x2, x, at - 2 * width, column);
            begun = x2.fma(w02, everySecond(x, at - 2 * width).fma(w01, x0.fma(w00, shift)));
          }
          for (int row = top; row < bottom; row++) {
            FloatVector x1 = everySecond(x, at);
            FloatVector x2 = everySecond(x, at + 1);
            FloatVector x0 = before(x2, x, at, column);
            FloatVector sum = x2.fma(w12, x1.fma(w11, x0.fma(w10, begun)));
            at += 2 * width;
            x1 = everySecond(x, at);
            x2 = everySecond(x, at + 1);
            x0 = before(x2, x, at, column);
            sum = x2.fma(w22, x1.fma(w21, x0.fma(w20, sum))).rearrange(SORTED);
            begun = x2.fma(w02, x1.fma(w01, x0.fma(w00, shift)));
            at += 2 * width;
            int place = to + row * width + column;
            if (place + L <= end) { // lanes that do not count are overwritten by the next rows
              sum.intoArray(y, place);
            } else {
              sum.intoArray(y, place, inside);
            }
          }
        }
      }
      channel = channel + 1 == channels ? 0 : channel + 1;
    }
  }

  /// Of the input's rows and columns, the even ones meet the middle taps alone, the odd ones the two others, of outputs that
  /// are next to each other.
  static void inputGradient(ConvGeometry g, float[] dy, float[] w, float[] dx) {
    VectorDepthwisePlanes.each(
        g, dy, g.outHeight() * g.outWidth(), dx, g.inHeight() * g.inWidth(),
        (planes, channel, in, inAt, out, outAt) -> inputGradient(
            planes, channel, g.inChannels(), g.outHeight(), g.outWidth(), in, inAt, w, out, outAt));
  }

  private static void inputGradient(
      int planes, int firstChannel, int channels, int height, int width, float[] dy, int dyAt,
      float[] w, float[] dx, int dxAt) {
    FloatVector zero = FloatVector.zero(S);
    int channel = firstChannel;
    for (int plane = 0; plane < planes; plane++) {
      int tap = channel * TAPS;
      FloatVector w00 = FloatVector.broadcast(S, w[tap]);
      FloatVector w01 = FloatVector.broadcast(S, w[tap + 1]);
      FloatVector w02 = FloatVector.broadcast(S, w[tap + 2]);
      FloatVector w10 = FloatVector.broadcast(S, w[tap + 3]);
      FloatVector w11 = FloatVector.broadcast(S, w[tap + 4]);
      FloatVector w12 = FloatVector.broadcast(S, w[tap + 5]);
      FloatVector w20 = FloatVector.broadcast(S, w[tap + 6]);
      FloatVector w21 = FloatVector.broadcast(S, w[tap + 7]);
      FloatVector w22 = FloatVector.broadcast(S, w[tap + 8]);
      for (int row = 0; row < height; row++) {
        int at = dyAt + (plane * height + row) * width;
        float[] below = row + 1 == height ? ZEROS : dy;
        int belowAt = row + 1 == height ? ZEROS_AT : at + width;
        for (int next = 0; next < width; next += L) {
          int column = Math.max(0, Math.min(next, width - L));
          VectorMask<Float> right = VectorMask.fromLong(S, lanes(0, width - 1 - column));
          FloatVector d = FloatVector.fromArray(S, dy, at + column);
          FloatVector r = zero.blend(FloatVector.fromArray(S, dy, at + column + 1), right);
          FloatVector even = d.mul(w11);
          FloatVector odd = r.fma(w10, d.mul(w12));
          FloatVector a = even.rearrange(LOW).blend(odd.rearrange(LOW), ODD_LANES);
          FloatVector b = even.rearrange(HIGH).blend(odd.rearrange(HIGH), ODD_LANES);
          even = d.mul(w21);
          odd = r.fma(w20, d.mul(w22));
          d = FloatVector.fromArray(S, below, belowAt + column);
          r = zero.blend(FloatVector.fromArray(S, below, belowAt + column + 1), right);
          even = d.fma(w01, even);
          odd = r.fma(w00, d.fma(w02, odd));
          FloatVector c = even.rearrange(LOW).blend(odd.rearrange(LOW), ODD_LANES);
          FloatVector e = even.rearrange(HIGH).blend(odd.rearrange(HIGH), ODD_LANES);
          int place = dxAt + (plane * height + row) * 4 * width + 2 * column;
          if (width >= L) {
            a.intoArray(dx, place);
            b.intoArray(dx, place + L);
            c.intoArray(dx, place + 2 * width);
            e.intoArray(dx, place + 2 * width + L);
          } else {
            VectorMask<Float> near = VectorMask.fromLong(S, lanes(0, 2 * width));
            VectorMask<Float> far = VectorMask.fromLong(S, lanes(0, 2 * width - L));
            a.intoArray(dx, place, near);
            b.intoArray(dx, place + L, far);
            c.intoArray(dx, place + 2 * width, near);
            e.intoArray(dx, place + 2 * width + L, far);
          }
        }
      }
      channel = channel + 1 == channels ? 0 : channel + 1;
    }
  }

  static void weightGradient(ConvGeometry g, float[] x, float[] dy, float[] dw) {
    VectorDepthwisePlanes.sum(
        g, x, dy, dw, VectorDepthwise3x3Narrow.fits(g.inWidth()),
        (images, in, inAt, arrived, arrivedAt, sums, sumsAt) -> products(
            images, g.inChannels(), g.outHeight(), g.outWidth(), in, inAt, arrived, arrivedAt,
            sums, sumsAt));
  }

  /// `sums[ky·3 + kx] += Σ dy[i][j] · x[2i + ky − 1][2j + kx − 1]`, lane by lane.
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
      for (int top = 0; top < height; top += band(width)) {
        int bottom = Math.min(height, top + band(width));
        for (int column = 0; column < width; column += L) {
          VectorMask<Float> inside = VectorMask.fromLong(S, lanes(0, width - column));
          VectorMask<Float> seen = COLUMNS.lt(width - column);
          int from = first + top * width + column;
          int at = xAt + 4 * (first + top * width) + 2 * column;
          FloatVector p0 = zero; // the input row above, as the taps see it
          FloatVector p1 = zero;
          FloatVector p2 = zero;
          if (top > 0) {
            p1 = zero.blend(everySecond(x, at - 2 * width), seen);
            p2 = zero.blend(everySecond(x, at - 2 * width + 1), seen);
            p0 = zero.blend(before(p2, x, at - 2 * width, column), seen);
          }
          for (int row = top; row < bottom; row++) {
            FloatVector g =
                zero.blend(FloatVector.fromArray(S, dy, dyAt + from), inside).rearrange(TAKEN);
            s00 = p0.fma(g, s00);
            s01 = p1.fma(g, s01);
            s02 = p2.fma(g, s02);
            FloatVector x1 = zero.blend(everySecond(x, at), seen);
            FloatVector x2 = zero.blend(everySecond(x, at + 1), seen);
            FloatVector x0 = zero.blend(before(x2, x, at, column), seen);
            s10 = x0.fma(g, s10);
            s11 = x1.fma(g, s11);
            s12 = x2.fma(g, s12);
            at += 2 * width;
            p1 = zero.blend(everySecond(x, at), seen);
            p2 = zero.blend(everySecond(x, at + 1), seen);
            p0 = zero.blend(before(p2, x, at, column), seen);
            s20 = p0.fma(g, s20);
            s21 = p1.fma(g, s21);
            s22 = p2.fma(g, s22);
            at += 2 * width;
            from += width;
          }
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

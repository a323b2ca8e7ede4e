package nn.core.kernel;

import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.XOR;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;
import nn.core.PoolSettings;
import nn.core.Shape;

/// Max pooling with output columns as lanes. The lines of the image are first copied column by column modulo the step, with −∞ as
/// padding, so that what the lanes see at one tap of the window lies side by side. 3×3 with step 2 of 8×64×112×112 takes 1.8 ms in
/// place of 12.4 (two threads, AMD Zen 5).
///
/// Numbers are compared as whole numbers that are ordered as [ScalarKernels#rank] says.
final class VectorMaxPool {
  private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Integer> I = IntVector.SPECIES_PREFERRED;
  private static final int L = S.length();

  private VectorMaxPool() {}

  static void plane(
      PoolSettings s, Shape in, Shape out, int plane, float[] x, float[] y, float[] winners) {
    int height = in.dim(2);
    int width = in.dim(3);
    int columns = out.dim(3);
    int step = s.strideWidth();
    int run = Math.ceilDiv(columns, L) * L + (s.kernelWidth() - 1) / step; // of columns that are a step apart
    float[] runs = Scratch.PLANES.floats(height * step * run);
    copy(x, plane * height * width, height, width, step, s.paddingWidth(), run, runs);
    int[] taps = new int[s.kernelWidth()]; // where in a line's runs the columns of the window start
    for (int i = 0; i < taps.length; i++) {
      taps[i] = i % step * run + i / step;
    }
    for (int oy = 0; oy < out.dim(2); oy++) {
      int top = oy * s.strideHeight() - s.paddingHeight();
      int first = Math.max(0, top);
      int end = Math.min(height, top + s.kernelHeight());
      int at = (plane * out.dim(2) + oy) * columns;
      for (int vector = 0; vector < columns; vector += L) {
        int ox = Math.max(0, Math.min(vector, columns - L)); // the last overlaps the one before
        IntVector left = IntVector.zero(I).addIndex(step).add(ox * step - s.paddingWidth());
        IntVector best = IntVector.broadcast(I, Integer.MIN_VALUE); // −∞
        IntVector winner = left.max(0).add(first * width);
        for (int iy = first; iy < end; iy++) {
          int line = iy * step * run + ox;
          for (int i = 0; i < taps.length; i++) {
            IntVector bits = FloatVector.fromArray(S, runs, line + taps[i]).reinterpretAsInts();
            IntVector rank =
                bits.lanewise(XOR, bits.lanewise(ASHR, 31).and(Integer.MAX_VALUE))
                    .sub(ScalarKernels.NANS);
            VectorMask<Integer> wins = rank.compare(GT, best);
            best = best.max(rank);
            winner = winner.blend(left.add(iy * width + i), wins);
          }
        }
        IntVector ordered = best.add(ScalarKernels.NANS);
        FloatVector value =
            ordered.lanewise(XOR, ordered.lanewise(ASHR, 31).and(Integer.MAX_VALUE))
                .reinterpretAsFloats();
        if (ox + L <= columns) {
          value.intoArray(y, at + ox);
          winner.reinterpretAsFloats().intoArray(winners, at + ox);
        } else {
          VectorMask<Float> rest = S.indexInRange(ox, columns);
          value.intoArray(y, at + ox, rest);
          winner.reinterpretAsFloats().intoArray(winners, at + ox, rest);
        }
      }
    }
  }

  /// Run p of a line has its columns p − padding, p − padding + step, …
  private static void copy(
      float[] x, int at, int height, int width, int step, int padding, int run, float[] runs) {
    for (int line = 0; line < height; line++) {
      int row = at + line * width;
      int to = line * step * run;
      Arrays.fill(runs, to, to + step * run, Float.NEGATIVE_INFINITY);
      if (step == 2) { // even columns into one run, odd ones into the other
        int pairs = Math.min(width / 2, run - (padding + 1) / 2);
        VectorRow.split(
            x, row, pairs, runs, to + padding % 2 * run + padding / 2,
            to + (padding + 1) % 2 * run + (padding + 1) / 2);
        if (2 * pairs < width && padding / 2 + pairs < run) {
          runs[to + padding % 2 * run + padding / 2 + pairs] = x[row + 2 * pairs];
        }
        continue;
      }
      for (int p = 0; p < step; p++) {
        int left = p - padding;
        int first = Math.ceilDiv(Math.max(0, -left), step);
        int end = Math.min(Math.ceilDiv(width - left, step), run);
        for (int i = first; i < end; i++) {
          runs[to + p * run + i] = x[row + left + i * step];
        }
      }
    }
  }
}

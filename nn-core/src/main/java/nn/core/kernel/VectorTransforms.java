package nn.core.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// The linear maps of Winograd's F(4×4, 3×3), for a vector of channels at a time ([WinogradSide.Map]): each in one dimension, applied along
/// columns and then along rows. The maps in one dimension take a number of lines: line i reads vectors from `at + i·lineStep` on, `step` apart,
/// and writes them likewise. The number of lines has to be a constant where they are called: C2 makes one piece of a tile then (3 to 10 % of a
/// convolution of 16 to 64 channels).
///
/// A filter g of 3 and 6 inputs d give 4 outputs with 6 products: y = Aᵀ [(G g) ⊙ (Bᵀ d)]. So dL/dg = Gᵀ [(A dL/dy) ⊙ (Bᵀ d)].
/// The matrices follow from the points at which polynomials are evaluated: 0, ±a, ±b, ∞. With a = 1/√2 and b = √2 the error is a third of that for the
/// usual 1 and 2, and most coefficients are powers of two. Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks", 2016;
/// Barabasz et al., "Error Analysis and Improving the Accuracy of Winograd Convolution", 2020.
final class VectorTransforms {
  private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
  private static final int L = S.length();
  private static final float[] NO_BIAS = new float[L];

  private static final float A = (float) Math.sqrt(0.5);
  private static final float B = (float) Math.sqrt(2);

  private VectorTransforms() {}

  /// From a tile of 6×6 vectors to 36.
  static void input(
      float[] d, int at, int step, int rowStep, float[] half, float[] t, int tAt, int tStep) {
    inputLines(6, d, at, step, rowStep, half, 0, L, 6 * L);
    inputLines(6, half, 0, 6 * L, L, t, tAt, 6 * tStep, tStep);
  }

  /// `t = Bᵀ d`, from 6 vectors to 6.
  private static void inputLines(
      int lines, float[] d, int at, int lineStep, int step, float[] t, int tAt, int tLineStep,
      int tStep) {
    for (int line = 0; line < lines; line++) {
      int from = at + line * lineStep;
      FloatVector d0 = FloatVector.fromArray(S, d, from);
      FloatVector d1 = FloatVector.fromArray(S, d, from + step);
      FloatVector d2 = FloatVector.fromArray(S, d, from + 2 * step);
      FloatVector d3 = FloatVector.fromArray(S, d, from + 3 * step);
      FloatVector d4 = FloatVector.fromArray(S, d, from + 4 * step);
      FloatVector d5 = FloatVector.fromArray(S, d, from + 5 * step);
      FloatVector evenA = d4.sub(d2.add(d2));
      FloatVector oddA = d3.sub(d1.add(d1)).mul(A);
      FloatVector evenB = d4.sub(d2.mul(0.5f));
      FloatVector oddB = d3.sub(d1.mul(0.5f)).mul(B);
      int to = tAt + line * tLineStep;
      d0.add(d4).sub(d2.mul(2.5f)).intoArray(t, to);
      evenA.add(oddA).intoArray(t, to + tStep);
      evenA.sub(oddA).intoArray(t, to + 2 * tStep);
      evenB.add(oddB).intoArray(t, to + 3 * tStep);
      evenB.sub(oddB).intoArray(t, to + 4 * tStep);
      d1.add(d5).sub(d3.mul(2.5f)).intoArray(t, to + 5 * tStep);
    }
  }

  /// From a kernel of 3×3 vectors to 36.
  static void kernel(
      float[] d, int at, int step, int rowStep, float[] half, float[] t, int tAt, int tStep) {
    kernelLines(3, d, at, step, rowStep, half, 0, L, 3 * L);
    kernelLines(6, half, 0, 3 * L, L, t, tAt, 6 * tStep, tStep);
  }

  /// `t = G g`, from 3 vectors to 6.
  private static void kernelLines(
      int lines, float[] g, int at, int lineStep, int step, float[] t, int tAt, int tLineStep,
      int tStep) {
    for (int line = 0; line < lines; line++) {
      int from = at + line * lineStep;
      FloatVector g0 = FloatVector.fromArray(S, g, from);
      FloatVector g1 = FloatVector.fromArray(S, g, from + step);
      FloatVector g2 = FloatVector.fromArray(S, g, from + 2 * step);
      FloatVector evenA = g2.mul(0.5f).add(g0).mul(-1f / 1.5f);
      FloatVector oddA = g1.mul(-A / 1.5f);
      FloatVector evenB = g2.add(g2).add(g0).mul(1f / 6);
      FloatVector oddB = g1.mul(B / 6);
      int to = tAt + line * tLineStep;
      g0.intoArray(t, to);
      evenA.add(oddA).intoArray(t, to + tStep);
      evenA.sub(oddA).intoArray(t, to + 2 * tStep);
      evenB.add(oddB).intoArray(t, to + 3 * tStep);
      evenB.sub(oddB).intoArray(t, to + 4 * tStep);
      g2.intoArray(t, to + 5 * tStep);
    }
  }

  /// From 36 vectors to a kernel of 3×3.
  static void weightGradient(
      float[] d, int at, int step, int rowStep, float[] half, float[] t, int tAt, int tStep) {
    weightGradientLines(6, d, at, step, rowStep, half, 0, L, 6 * L);
    weightGradientLines(3, half, 0, 6 * L, L, t, tAt, 3 * tStep, tStep);
  }

  /// `g = Gᵀ t`, from 6 vectors to 3.
  private static void weightGradientLines(
      int lines, float[] t, int at, int lineStep, int step, float[] g, int gAt, int gLineStep,
      int gStep) {
    for (int line = 0; line < lines; line++) {
      int from = at + line * lineStep;
      FloatVector t1 = FloatVector.fromArray(S, t, from + step);
      FloatVector t2 = FloatVector.fromArray(S, t, from + 2 * step);
      FloatVector t3 = FloatVector.fromArray(S, t, from + 3 * step);
      FloatVector t4 = FloatVector.fromArray(S, t, from + 4 * step);
      FloatVector evenA = t1.add(t2).mul(-1f / 1.5f);
      FloatVector evenB = t3.add(t4).mul(1f / 6);
      FloatVector oddA = t1.sub(t2).mul(-A / 1.5f);
      FloatVector oddB = t3.sub(t4).mul(B / 6);
      int to = gAt + line * gLineStep;
      FloatVector.fromArray(S, t, from).add(evenA.add(evenB)).intoArray(g, to);
      oddA.add(oddB).intoArray(g, to + gStep);
      evenA.mul(0.5f).add(evenB.add(evenB)).add(FloatVector.fromArray(S, t, from + 5 * step))
          .intoArray(g, to + 2 * gStep);
    }
  }

  /// From a tile of 4×4 vectors to 36.
  static void outputGradient(
      float[] d, int at, int step, int rowStep, float[] half, float[] t, int tAt, int tStep) {
    outputGradientLines(4, d, at, step, rowStep, half, 0, L, 4 * L);
    outputGradientLines(6, half, 0, 4 * L, L, t, tAt, 6 * tStep, tStep);
  }

  /// `t = A dy`, from 4 vectors to 6.
  private static void outputGradientLines(
      int lines, float[] dy, int at, int lineStep, int step, float[] t, int tAt, int tLineStep,
      int tStep) {
    for (int line = 0; line < lines; line++) {
      int from = at + line * lineStep;
      FloatVector d0 = FloatVector.fromArray(S, dy, from);
      FloatVector d1 = FloatVector.fromArray(S, dy, from + step);
      FloatVector d2 = FloatVector.fromArray(S, dy, from + 2 * step);
      FloatVector d3 = FloatVector.fromArray(S, dy, from + 3 * step);
      FloatVector evenA = d2.mul(0.5f).add(d0);
      FloatVector oddA = d3.mul(0.5f).add(d1).mul(A);
      FloatVector evenB = d2.add(d2).add(d0);
      FloatVector oddB = d3.add(d3).add(d1).mul(B);
      int to = tAt + line * tLineStep;
      d0.intoArray(t, to);
      evenA.add(oddA).intoArray(t, to + tStep);
      evenA.sub(oddA).intoArray(t, to + 2 * tStep);
      evenB.add(oddB).intoArray(t, to + 3 * tStep);
      evenB.sub(oddB).intoArray(t, to + 4 * tStep);
      d3.intoArray(t, to + 5 * tStep);
    }
  }

  /// From 36 vectors to a tile of 4×4, a bias added.
  static void output(
      float[] m, int at, int step, int rowStep, float[] half, float[] bias, int biasAt, float[] y,
      int yAt, int yRowStep) {
    outputLines(6, m, at, step, rowStep, NO_BIAS, 0, half, 0, L, 6 * L);
    outputLines(4, half, 0, 6 * L, L, bias, biasAt, y, yAt, yRowStep, L);
  }

  /// `y = Aᵀ m + bias`, from 6 vectors to 4; the bias is a vector at `biasAt`.
  private static void outputLines(
      int lines, float[] m, int at, int lineStep, int step, float[] bias, int biasAt, float[] y,
      int yAt, int yLineStep, int yStep) {
    FloatVector add = FloatVector.fromArray(S, bias, biasAt);
    for (int line = 0; line < lines; line++) {
      int from = at + line * lineStep;
      FloatVector m0 = FloatVector.fromArray(S, m, from);
      FloatVector m1 = FloatVector.fromArray(S, m, from + step);
      FloatVector m2 = FloatVector.fromArray(S, m, from + 2 * step);
      FloatVector m3 = FloatVector.fromArray(S, m, from + 3 * step);
      FloatVector m4 = FloatVector.fromArray(S, m, from + 4 * step);
      FloatVector m5 = FloatVector.fromArray(S, m, from + 5 * step);
      FloatVector sumA = m1.add(m2);
      FloatVector sumB = m3.add(m4);
      FloatVector oddA = m1.sub(m2).mul(A);
      FloatVector oddB = m3.sub(m4).mul(B);
      int to = yAt + line * yLineStep;
      m0.add(sumA).add(sumB).add(add).intoArray(y, to);
      oddA.add(oddB).add(add).intoArray(y, to + yStep);
      sumA.mul(0.5f).add(sumB.add(sumB)).add(add).intoArray(y, to + 2 * yStep);
      oddA.mul(0.5f).add(oddB.add(oddB)).add(m5).add(add).intoArray(y, to + 3 * yStep);
    }
  }

  /// The numbers of a vector.
  static int lanes() {
    return L;
  }
}

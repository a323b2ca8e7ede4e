package nn.core.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// The linear maps of [WinogradForm#STEP2], of its input gradient and of [WinogradGradientForm#STEP2], for a vector of channels at a time: as
/// [VectorTransforms], for a step of 2.
///
/// Two neighbouring outputs of three taps see one number both:
///
/// ```text
/// y0 = d0 g0 + d1 g1 + d2 g2
/// y1 =                 d2 g0 + d3 g1 + d4 g2
/// ```
///
/// So d2 is multiplied once, with g0 + g2, and what that adds too much is taken away where d0 and d4 are multiplied: five products in place
/// of six, and 25 in place of 36 in two dimensions. No number is scaled, so that next to nothing of the precision is lost.
///
/// ```text
/// s  = d2 (g0 + g2)
/// y0 = (d0 − d2) g0 + d1 g1 + s
/// y1 =                        s + d3 g1 + (d4 − d2) g2
/// ```
///
/// The input's gradient, with a padding of 1, for four of its numbers, from three d of the output's gradient and the kernel turned, g = (w2, w1, w0):
///
/// ```text
/// s  = d1 (g0 + g2)
/// y0 = d0 g1
/// y1 = d0 g0 + d1 g2 = (d0 − d1) g0 + s
/// y2 = d1 g1
/// y3 = d1 g0 + d2 g2 = s + (d2 − d1) g2
/// ```
final class VectorTransformsStep2 {
  private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
  private static final int L = S.length();
  private static final float[] NO_BIAS = new float[L];

  private VectorTransformsStep2() {}

  /// From a tile of 5×5 vectors to 25.
  static void input(
      float[] d, int at, int step, int rowStep, float[] half, float[] t, int tAt, int tStep) {
    inputLines(5, d, at, step, rowStep, half, 0, L, 5 * L);
    inputLines(5, half, 0, 5 * L, L, t, tAt, 5 * tStep, tStep);
  }

  /// `t = (d0 − d2, d1, d2, d3, d4 − d2)`.
  private static void inputLines(
      int lines, float[] d, int at, int lineStep, int step, float[] t, int tAt, int tLineStep,
      int tStep) {
    for (int line = 0; line < lines; line++) {
      int from = at + line * lineStep;
      int to = tAt + line * tLineStep;
      FloatVector d2 = FloatVector.fromArray(S, d, from + 2 * step);
      FloatVector.fromArray(S, d, from).sub(d2).intoArray(t, to);
      FloatVector.fromArray(S, d, from + step).intoArray(t, to + tStep);
      d2.intoArray(t, to + 2 * tStep);
      FloatVector.fromArray(S, d, from + 3 * step).intoArray(t, to + 3 * tStep);
      FloatVector.fromArray(S, d, from + 4 * step).sub(d2).intoArray(t, to + 4 * tStep);
    }
  }

  /// `t = (g0, g1, g0 + g2, g2)` in two dimensions, from a kernel of 3×3 vectors to 16. All at once, without the half way of `half`, a convolution takes 2 to
  /// 5 % less where weights are many.
  static void kernel(
      float[] g, int at, int step, int rowStep, float[] half, float[] t, int tAt, int tStep) {
    FloatVector g00 = FloatVector.fromArray(S, g, at);
    FloatVector g01 = FloatVector.fromArray(S, g, at + step);
    FloatVector g02 = FloatVector.fromArray(S, g, at + 2 * step);
    FloatVector g10 = FloatVector.fromArray(S, g, at + rowStep);
    FloatVector g11 = FloatVector.fromArray(S, g, at + rowStep + step);
    FloatVector g12 = FloatVector.fromArray(S, g, at + rowStep + 2 * step);
    FloatVector g20 = FloatVector.fromArray(S, g, at + 2 * rowStep);
    FloatVector g21 = FloatVector.fromArray(S, g, at + 2 * rowStep + step);
    FloatVector g22 = FloatVector.fromArray(S, g, at + 2 * rowStep + 2 * step);
    row(g00, g01, g02, t, tAt, tStep);
    row(g10, g11, g12, t, tAt + 4 * tStep, tStep);
    row(g00.add(g20), g01.add(g21), g02.add(g22), t, tAt + 8 * tStep, tStep);
    row(g20, g21, g22, t, tAt + 12 * tStep, tStep);
  }

  private static void row(
      FloatVector g0, FloatVector g1, FloatVector g2, float[] t, int tAt, int tStep) {
    g0.intoArray(t, tAt);
    g1.intoArray(t, tAt + tStep);
    g0.add(g2).intoArray(t, tAt + 2 * tStep);
    g2.intoArray(t, tAt + 3 * tStep);
  }

  /// From 25 vectors to a tile of 2×2, a bias added.
  static void output(
      float[] m, int at, int step, int rowStep, float[] half, float[] bias, int biasAt, float[] y,
      int yAt, int yRowStep) {
    outputLines(5, m, at, step, rowStep, NO_BIAS, 0, half, 0, L, 5 * L);
    outputLines(2, half, 0, 5 * L, L, bias, biasAt, y, yAt, yRowStep, L);
  }

  /// `y = (m0 + m1 + m2, m2 + m3 + m4) + bias`; the bias is a vector at `biasAt`.
  private static void outputLines(
      int lines, float[] m, int at, int lineStep, int step, float[] bias, int biasAt, float[] y,
      int yAt, int yLineStep, int yStep) {
    FloatVector add = FloatVector.fromArray(S, bias, biasAt);
    for (int line = 0; line < lines; line++) {
      int from = at + line * lineStep;
      int to = yAt + line * yLineStep;
      FloatVector m0 = FloatVector.fromArray(S, m, from);
      FloatVector m1 = FloatVector.fromArray(S, m, from + step);
      FloatVector m2 = FloatVector.fromArray(S, m, from + 2 * step).add(add);
      FloatVector m3 = FloatVector.fromArray(S, m, from + 3 * step);
      FloatVector m4 = FloatVector.fromArray(S, m, from + 4 * step);
      m0.add(m1).add(m2).intoArray(y, to);
      m3.add(m4).add(m2).intoArray(y, to + yStep);
    }
  }

  /// From a tile of 3×3 vectors to 16.
  static void gradient(
      float[] d, int at, int step, int rowStep, float[] half, float[] t, int tAt, int tStep) {
    gradientLines(3, d, at, step, rowStep, half, 0, L, 3 * L);
    gradientLines(4, half, 0, 3 * L, L, t, tAt, 4 * tStep, tStep);
  }

  /// The output's gradient as the input's gradient sees it, `t = (d0 − d1, d0, d1, d2 − d1)`.
  private static void gradientLines(
      int lines, float[] d, int at, int lineStep, int step, float[] t, int tAt, int tLineStep,
      int tStep) {
    for (int line = 0; line < lines; line++) {
      int from = at + line * lineStep;
      int to = tAt + line * tLineStep;
      FloatVector d0 = FloatVector.fromArray(S, d, from);
      FloatVector d1 = FloatVector.fromArray(S, d, from + step);
      d0.sub(d1).intoArray(t, to);
      d0.intoArray(t, to + tStep);
      d1.intoArray(t, to + 2 * tStep);
      FloatVector.fromArray(S, d, from + 2 * step).sub(d1).intoArray(t, to + 3 * tStep);
    }
  }

  /// From 25 vectors to a tile of 4×4.
  static void inputGradient(
      float[] m, int at, int step, int rowStep, float[] half, float[] bias, int biasAt, float[] y,
      int yAt, int yRowStep) {
    inputGradientLines(5, m, at, step, rowStep, NO_BIAS, 0, half, 0, L, 5 * L);
    inputGradientLines(4, half, 0, 5 * L, L, bias, biasAt, y, yAt, yRowStep, L);
  }

  /// The input's gradient, `y = (m1, m0 + m2, m3, m2 + m4) + bias`, from products with the weights turned.
  private static void inputGradientLines(
      int lines, float[] m, int at, int lineStep, int step, float[] bias, int biasAt, float[] y,
      int yAt, int yLineStep, int yStep) {
    FloatVector add = FloatVector.fromArray(S, bias, biasAt);
    for (int line = 0; line < lines; line++) {
      int from = at + line * lineStep;
      int to = yAt + line * yLineStep;
      FloatVector m0 = FloatVector.fromArray(S, m, from);
      FloatVector m1 = FloatVector.fromArray(S, m, from + step);
      FloatVector m2 = FloatVector.fromArray(S, m, from + 2 * step).add(add);
      FloatVector m3 = FloatVector.fromArray(S, m, from + 3 * step);
      FloatVector m4 = FloatVector.fromArray(S, m, from + 4 * step);
      m1.add(add).intoArray(y, to);
      m0.add(m2).intoArray(y, to + yStep);
      m3.add(add).intoArray(y, to + 2 * yStep);
      m4.add(m2).intoArray(y, to + 3 * yStep);
    }
  }

  /// From a tile of 2×2 vectors to 9.
  static void outputGradient(
      float[] d, int at, int step, int rowStep, float[] half, float[] t, int tAt, int tStep) {
    outputGradientLines(2, d, at, step, rowStep, half, 0, L, 2 * L);
    outputGradientLines(3, half, 0, 2 * L, L, t, tAt, 3 * tStep, tStep);
  }

  /// The output's gradient as the weights' gradient sees it, `t = (d0, d0 + d1, d1)`.
  private static void outputGradientLines(
      int lines, float[] d, int at, int lineStep, int step, float[] t, int tAt, int tLineStep,
      int tStep) {
    for (int line = 0; line < lines; line++) {
      int from = at + line * lineStep;
      int to = tAt + line * tLineStep;
      FloatVector d0 = FloatVector.fromArray(S, d, from);
      FloatVector d1 = FloatVector.fromArray(S, d, from + step);
      d0.intoArray(t, to);
      d0.add(d1).intoArray(t, to + tStep);
      d1.intoArray(t, to + 2 * tStep);
    }
  }

  /// From 25 vectors to a kernel of 3×3.
  static void weightGradient(
      float[] d, int at, int step, int rowStep, float[] half, float[] t, int tAt, int tStep) {
    weightGradientLines(5, d, at, step, rowStep, half, 0, L, 5 * L);
    weightGradientLines(3, half, 0, 5 * L, L, t, tAt, 3 * tStep, tStep);
  }

  /// The weights' gradient, `g = (t0 + t2, t1 + t3, t2 + t4)`.
  private static void weightGradientLines(
      int lines, float[] t, int at, int lineStep, int step, float[] g, int gAt, int gLineStep,
      int gStep) {
    for (int line = 0; line < lines; line++) {
      int from = at + line * lineStep;
      int to = gAt + line * gLineStep;
      FloatVector t2 = FloatVector.fromArray(S, t, from + 2 * step);
      FloatVector t3 = FloatVector.fromArray(S, t, from + 3 * step);
      FloatVector.fromArray(S, t, from).add(t2).intoArray(g, to);
      FloatVector.fromArray(S, t, from + step).add(t3).intoArray(g, to + gStep);
      FloatVector.fromArray(S, t, from + 4 * step).add(t2).intoArray(g, to + 2 * gStep);
    }
  }
}

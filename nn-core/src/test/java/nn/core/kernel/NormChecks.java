package nn.core.kernel;

import java.util.Arrays;

/// Batch norm, layer norm and softmax, with their gradients, against plain loops in double precision.
final class NormChecks {
  private NormChecks() {}

  private static final float[][] LIMITS = {
      {Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY}, {0f, Float.POSITIVE_INFINITY}, {0f, 0.3f},
  };

  static void affineMaps(Kernels kernels) {
    for (int n : KernelChecks.SIZES) {
      for (float[] limits : LIMITS) {
        float low = limits[0];
        float high = limits[1];
        String what = kernels.name() + " affine map of " + n + " from " + low + " to " + high;
        float[] x = KernelChecks.random(n + 5, n);
        float[] y = KernelChecks.filled(n + 5);
        kernels.affine(x, y, 3, n, 0.7f, 0.1f, low, high);
        float[] inPlace = x.clone();
        kernels.affine(inPlace, inPlace, 3, n, 0.7f, 0.1f, low, high);
        float[] dy = KernelChecks.random(n + 5, n + 1);
        float[] dx = KernelChecks.filled(n + 5);
        kernels.limitedGradient(dy, y, dx, 3, n, 0.7f, low, high);
        float[] over = dy.clone();
        kernels.limitedGradient(over, y, over, 3, n, 0.7f, low, high);
        for (int i = 3; i < 3 + n; i++) {
          double want = Math.min(high, Math.max(low, 0.7f * (double) x[i] + 0.1f));
          KernelChecks.near(what, want, y[i], 1e-7);
          KernelChecks.near(what + " in place", y[i], inPlace[i], 0);
          KernelChecks
              .near(what + ", gradient", y[i] > low && y[i] < high ? 0.7f * dy[i] : 0, dx[i], 1e-7);
          KernelChecks.near(what + ", gradient in place", dx[i], over[i], 0);
        }
        KernelChecks.untouched(what, y, 3, n);
        KernelChecks.untouched(what + ", gradient", dx, 3, n);
        if (n > 0) {
          x[3 + n / 2] = Float.NaN;
          kernels.affine(x, y, 3, n, 0.7f, 0.1f, low, high);
          KernelChecks.near(what + " of NaN", Double.NaN, y[3 + n / 2], 0);
          x[3 + n / 2] = Float.POSITIVE_INFINITY;
          kernels.affine(x, y, 3, n, 0.7f, 0.1f, low, high);
          KernelChecks.near(what + " of infinity", high, y[3 + n / 2], 0);
        }
        limitedGradientOfNotFinite(kernels, what, n, low, high);
      }
    }
  }

  private static final float[] NOT_FINITE = {
      Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.NaN
  };

  /// What does not lie between the limits has a gradient of 0, whatever comes from above.
  private static void limitedGradientOfNotFinite(
      Kernels kernels, String what, int n, float low, float high) {
    float[] y = KernelChecks.random(n + 5, n);
    float[] dy = KernelChecks.random(n + 5, n + 1);
    scatterNotFinite(y, 3);
    scatterNotFinite(dy, 2);
    float[] dx = KernelChecks.filled(n + 5);
    kernels.limitedGradient(dy, y, dx, 3, n, 0.7f, low, high);
    float[] over = dy.clone();
    kernels.limitedGradient(over, y, over, 3, n, 0.7f, low, high);
    for (int i = 3; i < 3 + n; i++) {
      float want = y[i] > low && y[i] < high ? 0.7f * dy[i] : 0;
      KernelChecks.near(what + ", gradient of what is not finite", want, dx[i], 1e-7);
      KernelChecks.near(what + ", gradient of what is not finite, in place", want, over[i], 1e-7);
    }
    KernelChecks.untouched(what + ", gradient of what is not finite", dx, 3, n);
  }

  /// Every `step`-th number is infinite or NaN then.
  private static void scatterNotFinite(float[] x, int step) {
    for (int i = 0; i < x.length; i += step) {
      x[i] = NOT_FINITE[i / step % NOT_FINITE.length];
    }
  }

  static void batchNorms(Kernels kernels) {
    for (int n : new int[] {0, 1, 2, 3, 7, 15, 16, 17, 31, 33, 49, 100, 1111}) {
      for (float[] limits : LIMITS) {
        float low = limits[0];
        float high = limits[1];
        String what = kernels.name() + " batch norm of " + n + " from " + low + " to " + high;
        float[] x = KernelChecks.random(n + 5, n);
        float[] dy = KernelChecks.random(n + 5, n + 1);
        float[] dx = KernelChecks.filled(n + 5);
        double[] sums = {7, 8, 9, 10};
        kernels.batchNormSums(x, dy, 3, n, 1, 0, 0.7f, 0.1f, low, high, 0.25f, sums, 1);
        kernels.batchNormGradient(x, dy, dx, 3, n, 0.7f, 0.1f, low, high, 0.2f, 0.3f);
        float[] over = dy.clone();
        kernels.batchNormGradient(x, over, over, 3, n, 0.7f, 0.1f, low, high, 0.2f, 0.3f);
        double sum = 8;
        double dot = 9;
        double size = 0;
        for (int i = 3; i < 3 + n; i++) {
          double z = 0.7f * (double) x[i] + 0.1f;
          double d = z > low && z < high ? dy[i] : 0;
          sum += d;
          dot += d * (x[i] - 0.25f);
          size += Math.abs(d);
          KernelChecks.near(what + ", gradient", 0.7f * (d - 0.2f - x[i] * 0.3f), dx[i], 3e-7);
          KernelChecks.near(what + ", gradient in place", dx[i], over[i], 0);
        }
        KernelChecks.close(what + ", sum", sum, (float) sums[1], size + 8, 1);
        KernelChecks.close(what + ", dot", dot, (float) sums[2], 2 * size + 9, 1);
        KernelChecks.untouched(what, dx, 3, n);
        if (sums[0] != 7 || sums[3] != 10) {
          throw new AssertionError(what + " writes beside its sums");
        }
        if (n > 0) {
          dy[3 + n / 2] = Float.NaN;
          x[3 + n / 2] = 0.1f; // inside of all limits
          kernels.batchNormSums(x, dy, 3, n, 1, 0, 0.7f, 0.1f, low, high, 0.25f, sums, 1);
          KernelChecks.near(what + ", sum with NaN", Double.NaN, (float) sums[1], 0);
          KernelChecks.near(what + ", dot with NaN", Double.NaN, (float) sums[2], 0);
        }
        batchNormOfNotFinite(kernels, what, n, low, high);
      }
    }
  }

  /// One call for all images does what a call for each of them does; between them lies NaN.
  static void batchNormsOverRows(Kernels kernels) {
    for (int n : new int[] {0, 1, 16, 49, 196, 1111}) {
      for (int rows : new int[] {1, 2, 30}) {
        int step = n + 2;
        float[] x = new float[1 + rows * step];
        Arrays.fill(x, Float.NaN);
        float[] dy = x.clone();
        double[] want = {7, 8, 9, 10};
        double[] got = want.clone();
        double size = 0;
        for (int row = 0; row < rows; row++) {
          int at = 1 + row * step;
          System.arraycopy(KernelChecks.random(n, row), 0, x, at, n);
          System.arraycopy(KernelChecks.random(n, row + 50), 0, dy, at, n);
          kernels.batchNormSums(x, dy, at, n, 1, 0, 0.7f, 0.1f, -0.3f, 0.5f, 0.25f, want, 1);
          for (int i = at; i < at + n; i++) {
            size += Math.abs(dy[i]);
          }
        }
        kernels.batchNormSums(
            x, dy, 1, n, rows, step, 0.7f, 0.1f, -0.3f, 0.5f, 0.25f, got, 1);
        String what = kernels.name() + " batch norm over " + rows + " rows of " + n;
        KernelChecks.close(what + ", sum", want[1], (float) got[1], size + 8, 1);
        KernelChecks.close(what + ", dot", want[2], (float) got[2], 2 * size + 9, 1);
        if (got[0] != 7 || got[3] != 10) {
          throw new AssertionError(what + " writes beside its sums");
        }
      }
    }
  }

  /// Gradients that are not finite count where x lies between the limits, and there alone.
  private static void batchNormOfNotFinite(
      Kernels kernels, String what, int n, float low, float high) {
    float[] x = KernelChecks.random(n + 5, n);
    float[] dy = KernelChecks.random(n + 5, n + 1);
    double sum = 0;
    double dot = 0;
    double size = 0;
    for (int i = 3; i < 3 + n; i++) {
      float z = 0.7f * x[i] + 0.1f;
      if (z > low && z < high) {
        sum += dy[i];
        dot += dy[i] * ((double) x[i] - 0.25f);
        size += Math.abs(dy[i]);
      } else {
        dy[i] = NOT_FINITE[i % NOT_FINITE.length];
      }
    }
    double[] sums = new double[2];
    kernels.batchNormSums(x, dy, 3, n, 1, 0, 0.7f, 0.1f, low, high, 0.25f, sums, 0);
    KernelChecks.close(what + ", sum without what is cut", sum, (float) sums[0], size, 1);
    KernelChecks.close(what + ", dot without what is cut", dot, (float) sums[1], 2 * size, 1);
    scatterNotFinite(dy, 4);
    float[] dx = KernelChecks.filled(n + 5);
    kernels.batchNormGradient(x, dy, dx, 3, n, 0.7f, 0.1f, low, high, 0.2f, 0.3f);
    float[] over = dy.clone();
    kernels.batchNormGradient(x, over, over, 3, n, 0.7f, 0.1f, low, high, 0.2f, 0.3f);
    for (int i = 3; i < 3 + n; i++) {
      float z = 0.7f * x[i] + 0.1f;
      double d = z > low && z < high ? dy[i] : 0;
      double want = 0.7f * (d - 0.2f - x[i] * 0.3f);
      KernelChecks.near(what + ", gradient of what is not finite", want, dx[i], 3e-7);
      KernelChecks.near(what + ", gradient of what is not finite, in place", want, over[i], 3e-7);
    }
  }

  private static final int[] WIDTHS = {1, 2, 3, 7, 15, 16, 17, 31, 33, 64, 100, 1111};

  /// A row's result must not depend on which rows share its chunk.
  private static void sameBits(String what, float[] together, float[] alone) {
    if (Arrays.mismatch(together, alone) >= 0) {
      throw new AssertionError(what + " differs at " + Arrays.mismatch(together, alone));
    }
  }

  /// Rows 1 and 2 of four, whose neighbours must stay.
  static void layerNorms(Kernels kernels) {
    for (int n : WIDTHS) {
      String what = kernels.name() + " layer norm of " + n;
      float[] x = KernelChecks.random(4 * n, n);
      float[] gamma = KernelChecks.random(n, n + 1);
      float[] beta = KernelChecks.random(n, n + 2);
      float[] dy = KernelChecks.random(4 * n, n + 3);
      float[] y = KernelChecks.filled(4 * n);
      float[] dx = KernelChecks.filled(4 * n);
      float[] mean = KernelChecks.filled(4);
      float[] inverse = KernelChecks.filled(4);
      float[] sums = KernelChecks.filled(2 * n + 5);
      kernels.layerNorm(x, gamma, beta, y, 1, 3, n, 0.01f, mean, inverse);
      kernels.layerNormGradient(dy, x, gamma, dx, 1, 3, n, mean, inverse);
      kernels.layerNormWeightGradients(dy, x, 1, 3, n, mean, inverse, sums, 2);
      for (int row = 1; row < 3; row++) {
        layerNorm(what, n, row * n, x, gamma, beta, y, dy, dx, mean[row], inverse[row]);
      }
      for (int i = 0; i < n; i++) {
        double sum = 0;
        double dot = 0;
        for (int row = 1; row < 3; row++) {
          sum += dy[row * n + i];
          dot += dy[row * n + i] * ((double) x[row * n + i] - mean[row]) * inverse[row];
        }
        KernelChecks.near(what + ", beta's gradient", sum, sums[2 + i], 5e-7);
        KernelChecks.near(what + ", gamma's gradient", dot, sums[2 + n + i], 2e-6);
      }
      KernelChecks.untouched(what, y, n, 2 * n);
      KernelChecks.untouched(what + ", gradient", dx, n, 2 * n);
      KernelChecks.untouched(what + ", mean", mean, 1, 2);
      KernelChecks.untouched(what + ", deviation", inverse, 1, 2);
      KernelChecks.untouched(what + ", weight gradients", sums, 2, 2 * n);
      float[] alone = KernelChecks.filled(4 * n);
      for (int row = 1; row < 3; row++) {
        kernels.layerNorm(x, gamma, beta, alone, row, row + 1, n, 0.01f, mean, inverse);
      }
      sameBits(what + ", row by row", y, alone);
      float[] gradientAlone = KernelChecks.filled(4 * n);
      for (int row = 1; row < 3; row++) {
        kernels.layerNormGradient(dy, x, gamma, gradientAlone, row, row + 1, n, mean, inverse);
      }
      sameBits(what + ", gradient row by row", dx, gradientAlone);
      float[] over = dy.clone();
      kernels.layerNormGradient(over, x, gamma, over, 1, 3, n, mean, inverse);
      sameBits(
          what + ", gradient in place", Arrays.copyOfRange(dx, n, 3 * n),
          Arrays.copyOfRange(over, n, 3 * n));
      x[n] = Float.NaN;
      kernels.layerNorm(x, gamma, beta, y, 1, 3, n, 0.01f, mean, inverse);
      KernelChecks.near(what + " with NaN", Double.NaN, y[2 * n - 1], 0);
      dy[n] = Float.NaN;
      float[] beside = KernelChecks.filled(4 * n);
      kernels.layerNormGradient(dy, x, gamma, beside, 1, 3, n, mean, inverse);
      KernelChecks.near(what + ", gradient with NaN", Double.NaN, beside[2 * n - 1], 0);
      System.arraycopy(dx, n, beside, n, n);
      sameBits(what + ", gradient beside a row with NaN", dx, beside);
    }
  }

  private static void layerNorm(
      String what, int n, int at, float[] x, float[] gamma, float[] beta, float[] y, float[] dy,
      float[] dx, float mean, float inverse) {
    double centre = 0;
    for (int i = 0; i < n; i++) {
      centre += (double) x[at + i] / n;
    }
    double variance = 0;
    for (int i = 0; i < n; i++) {
      variance += (x[at + i] - centre) * (x[at + i] - centre) / n;
    }
    double deviation = Math.sqrt(variance + 0.01f);
    KernelChecks.near(what + ", mean", centre, mean, 1e-7);
    KernelChecks.near(what + ", deviation", 1 / deviation, inverse, 1e-6 / deviation);
    double average = 0;
    double slope = 0;
    for (int i = 0; i < n; i++) {
      double g = (double) dy[at + i] * gamma[i];
      average += g / n;
      slope += g * (x[at + i] - centre) / deviation / n;
    }
    for (int i = 0; i < n; i++) {
      double normal = (x[at + i] - centre) / deviation;
      KernelChecks.near(what, normal * gamma[i] + beta[i], y[at + i], 2e-6);
      double g = (double) dy[at + i] * gamma[i];
      KernelChecks
          .near(what + ", gradient", (g - average - normal * slope) / deviation, dx[at + i], 1e-5);
    }
  }

  /// Rows 1 and 2 of four, whose neighbours must stay.
  static void softmaxes(Kernels kernels) {
    for (int n : WIDTHS) {
      String what = kernels.name() + " softmax of " + n;
      float[] x = KernelChecks.random(4 * n, n);
      for (int i = 0; i < x.length; i++) {
        x[i] *= i % 3 == 0 ? 1 : i % 3 == 1 ? 10 : 60;
      }
      if (n > 10) {
        x[n + n / 3] = Float.NEGATIVE_INFINITY;
      }
      float[] y = KernelChecks.filled(4 * n);
      float[] dy = KernelChecks.random(4 * n, n + 3);
      float[] dx = KernelChecks.filled(4 * n);
      kernels.softmax(x, y, 1, 3, n);
      kernels.softmaxGradient(dy, y, dx, 1, 3, n);
      for (int row = 1; row < 3; row++) {
        softmax(what, n, row * n, x, y, dy, dx);
      }
      KernelChecks.untouched(what, y, n, 2 * n);
      KernelChecks.untouched(what + ", gradient", dx, n, 2 * n);
      float[] alone = KernelChecks.filled(4 * n);
      for (int row = 1; row < 3; row++) {
        kernels.softmaxGradient(dy, y, alone, row, row + 1, n);
      }
      sameBits(what + ", gradient row by row", dx, alone);
      float[] over = dy.clone();
      kernels.softmaxGradient(over, y, over, 1, 3, n);
      sameBits(
          what + ", gradient in place", Arrays.copyOfRange(dx, n, 3 * n),
          Arrays.copyOfRange(over, n, 3 * n));
      for (int i = n; i < 2 * n; i++) { // wherever NaN is, in whole vectors and after them
        float before = x[i];
        x[i] = Float.NaN;
        kernels.softmax(x, y, 1, 3, n);
        KernelChecks.near(what + " with NaN", Double.NaN, y[n], 0);
        x[i] = before;
      }
    }
  }

  private static void softmax(
      String what, int n, int at, float[] x, float[] y, float[] dy, float[] dx) {
    double max = Double.NEGATIVE_INFINITY;
    for (int i = at; i < at + n; i++) {
      max = Math.max(max, x[i]);
    }
    double sum = 0;
    for (int i = at; i < at + n; i++) {
      sum += Math.exp(x[i] - max);
    }
    double mean = 0;
    for (int i = at; i < at + n; i++) {
      double want = Math.exp(x[i] - max) / sum;
      double error = 5e-7 + KernelChecks.EPSILON * (max - x[i]); // of the difference's rounding, which goes into the exponent
      KernelChecks.near(what, want, y[i], 1e-37 + (want > 0 ? error * want : 0));
      mean += (double) dy[i] * y[i];
    }
    for (int i = at; i < at + n; i++) {
      KernelChecks.near(what + ", gradient", y[i] * (dy[i] - mean), dx[i], 1e-6 * y[i] + 1e-37);
    }
  }
}

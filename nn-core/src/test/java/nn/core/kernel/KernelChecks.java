package nn.core.kernel;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;

/// Kernels against plain loops in double precision: products, maps and reductions. With [ConvolutionChecks], [NormChecks] and [PoolChecks] it runs in tests, and by [#main] in JVMs that tests start with other
/// vector widths.
final class KernelChecks {
  static final int[] SIZES = {0, 1, 2, 3, 7, 15, 16, 17, 31, 33, 100};
  static final double EPSILON = Math.ulp(1f) / 2.0;

  private KernelChecks() {}

  public static void main(String[] arguments) {
    Kernels kernels = KernelChoice.available().getLast();
    matmulOfSizes(kernels, 1, 3, 16, 17, 33);
    matmulOfLargeSizes(kernels);
    matmulWithNotFinite(kernels);
    ConvolutionChecks.convolutions(kernels, 20);
    ConvolutionChecks.convolutionWithNotFinite(kernels);
    maps(kernels);
    gradientOfGelu(kernels);
    reductions(kernels);
    reductionsOverRows(kernels);
    NormChecks.affineMaps(kernels);
    NormChecks.batchNorms(kernels);
    NormChecks.batchNormsOverRows(kernels);
    NormChecks.layerNorms(kernels);
    NormChecks.softmaxes(kernels);
    PoolChecks.maxPools(kernels);
    System.out.println("checked " + kernels.name());
  }

  static float[] random(int n, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = (float) (random.nextDouble() * 2 - 1);
    }
    return x;
  }

  // --- matrix products ---

  static void matmulOfAllSizes(Kernels kernels) {
    matmulOfSizes(kernels, SIZES);
  }

  private static void matmulOfSizes(Kernels kernels, int... sizes) {
    for (int m : sizes) {
      for (int n : sizes) {
        for (int k : sizes) {
          matmul(kernels, m, n, k, 0, 1);
        }
      }
    }
  }

  static void matmulOfLargeSizes(Kernels kernels) {
    matmul(kernels, 300, 130, 1300, 0, 2);
    matmul(kernels, 5, 3200, 40, 0, 3);
    matmul(kernels, 520, 1600, 20, 0, 10);
    matmul(kernels, 150, 70, 2000, 0, 4);
    matmul(kernels, 1, 5000, 300, 0, 5);
    matmul(kernels, 5000, 1, 300, 0, 6);
    matmul(kernels, 13, 6200, 9, 0, 7);
    matmul(kernels, 3200, 530, 6, 0, 12); // more rows and columns than are packed at once
    matmul(kernels, 400, 450, 1400, 0, 14); // more of A than each thread packs for itself
    for (int[] size : new int[][] {{4, 37, 130}, {7, 100, 259}, {8, 16, 512}, {5, 130, 515}}) { // few rows
      matmul(kernels, size[0], size[1], size[2], 0, 13);
    }
    for (int[] size : new int[][] { // few columns, and few rows of a great depth
        {300, 10, 1100}, {260, 63, 1600}, {256, 8, 1600}, {250, 7, 1100}, {6, 64, 2000},
        {3, 0, 1100}}) {
      matmul(kernels, size[0], size[1], size[2], 0, 11);
    }
  }

  static void matmulWithNotFinite(Kernels kernels) {
    for (int[] size : new int[][] {{1, 40, 40}, {2, 3, 9}, {40, 1, 40}, {37, 35, 50},
        {100, 33, 17}, {300, 10, 1100}, {6, 40, 140}}) {
      matmul(kernels, size[0], size[1], size[2], 1, 8);
      matmul(kernels, size[0], size[1], size[2], 2, 9);
    }
  }

  /// All three transpositions, with the matrices inside larger arrays whose other numbers must stay.
  private static void matmul(Kernels kernels, int m, int n, int k, int notFinite, long seed) {
    float[] a = random(m * k + 5, seed);
    float[] b = random(k * n + 7, seed + 100);
    if (notFinite == 1) {
      a[3 + m * k / 2] = Float.NaN;
    } else if (notFinite == 2) {
      a[3 + m * k / 3] = Float.POSITIVE_INFINITY;
      b[2 + n * k / 2] = Float.NEGATIVE_INFINITY;
    }
    for (int form = 0; form < 3; form++) {
      float[] c = new float[m * n + 9];
      Arrays.fill(c, 123f);
      switch (form) {
        case 0 -> kernels.matmul(m, n, k, a, 3, b, 2, c, 4);
        case 1 -> kernels.matmulTransposed(m, n, k, a, 3, b, 2, c, 4);
        default -> kernels.transposedMatmul(m, n, k, a, 3, b, 2, c, 4);
      }
      for (int i = 0; i < m; i++) {
        for (int j = 0; j < n; j++) {
          double want = 0;
          double size = 0;
          for (int p = 0; p < k; p++) {
            double product =
                (double) a[3 + (form == 2 ? p * m + i : i * k + p)]
                    * b[2 + (form == 1 ? j * k + p : p * n + j)];
            want += product;
            size += Math.abs(product);
          }
          String what =
              kernels.name() + " form " + form + " " + m + "×" + n + "×" + k + " at " + i + ", "
                  + j;
          close(what, want, c[4 + i * n + j], size, k);
        }
      }
      for (int i = 0; i < c.length; i++) {
        if ((i < 4 || i >= 4 + m * n) && c[i] != 123f) {
          throw new AssertionError(kernels.name() + " writes outside C: " + m + "×" + n + "×" + k);
        }
      }
    }
  }

  static void close(String what, double want, float got, double size, int terms) {
    boolean fits =
        Double.isFinite(want)
            ? Math.abs(want - got) <= EPSILON * (8 + 2 * Math.sqrt(terms)) * size + 1e-37
            : Double.compare(want, got) == 0;
    if (!fits) {
      throw new AssertionError(what + ": expected " + want + ", got " + got);
    }
  }

  // --- maps and reductions ---

  private interface Loop {
    void run(float[] x, float[] y, int from, int to);
  }

  static void maps(Kernels kernels) {
    map("exp", kernels::exp, Math::exp, 4, 1e-44);
    map("tanh", kernels::tanh, Math::tanh, 4, 0);
    float[] zero = {-0f};
    kernels.tanh(zero, zero, 0, 1);
    if (Float.floatToRawIntBits(zero[0]) != Float.floatToRawIntBits(-0f)) {
      throw new AssertionError(kernels.name() + " tanh of -0 is " + zero[0]);
    }
    map("sigmoid", kernels::sigmoid, x -> 1 / (1 + Math.exp(-x)), 4, 5e-39);
    map("gelu", kernels::gelu, KernelChecks::gelu, 4, 3e-7);
  }

  private static double gelu(double x) {
    return 0.5 * x * (1 + erf(x * Math.sqrt(0.5)));
  }

  static void gradientOfGelu(Kernels kernels) {
    for (int n : SIZES) {
      float[] x = random(n + 5, n);
      float[] dy = random(n + 5, n + 1);
      for (int i = 0; i < x.length; i++) {
        x[i] *= 5;
      }
      float[] dx = filled(n + 5);
      kernels.geluGradient(dy, x, dx, 3, 3 + n);
      float[] over = dy.clone();
      kernels.geluGradient(over, x, over, 3, 3 + n);
      for (int i = 0; i < n; i++) {
        double v = x[3 + i];
        double density = Math.exp(-v * v / 2) / Math.sqrt(2 * Math.PI);
        double want = dy[3 + i] * (0.5 * (1 + erf(v * Math.sqrt(0.5))) + v * density);
        near(kernels.name() + " gelu's gradient at " + v, want, dx[3 + i], 1e-6);
        near(kernels.name() + " gelu's gradient in place", dx[3 + i], over[3 + i], 0);
      }
      untouched(kernels.name() + " gelu's gradient", dx, 3, n);
    }
  }

  private static double erf(double x) { // the integral of its derivative, by Simpson's rule
    if (Double.isNaN(x) || Math.abs(x) > 7) {
      return Double.isNaN(x) ? x : Math.signum(x);
    }
    int steps = 2000;
    double sum = 1 + Math.exp(-x * x);
    for (int i = 1; i < steps; i++) {
      double t = x * i / steps;
      sum += (i % 2 == 1 ? 4 : 2) * Math.exp(-t * t);
    }
    return 2 / Math.sqrt(Math.PI) * sum * x / steps / 3;
  }

  private static void map(
      String name, Loop loop, DoubleUnaryOperator exact, double ulps, double slack) {
    float[] special = {
        0f, -0f, 1f, -1f, Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY,
        Float.MIN_VALUE,
        -Float.MIN_VALUE, Float.MAX_VALUE, -Float.MAX_VALUE, 88f, 88.72f, 88.73f, 89f, -87f, -87.4f,
        -100f, -103.9f,
        -104f, -110f, 9f, -9f, 10f, -10f, Math.nextUp(10f), 0.625f, 1e-4f, -1e-20f, 0.3465f, 20f,
        -20f, 5f, 2.5f, -2.5f
    };
    for (int n : SIZES) {
      for (int start : new int[] {0, 3}) {
        float[] x = random(n + 10, n);
        for (int i = 0; i < x.length; i++) {
          x[i] *= i % 3 == 0 ? 1 : i % 3 == 1 ? 12 : 100;
        }
        for (int i = 0; i < special.length && i < n; i++) {
          x[start + (i * 7 + 3) % n] = special[i];
        }
        float[] y = new float[x.length];
        Arrays.fill(y, 123f);
        loop.run(x, y, start, start + n);
        float[] inPlace = x.clone();
        loop.run(inPlace, inPlace, start, start + n);
        for (int i = 0; i < x.length; i++) {
          boolean inside = i >= start && i < start + n;
          double want = inside ? exact.applyAsDouble(x[i]) : 123.0;
          float rounded = (float) want;
          boolean fits =
              Float.isFinite(rounded)
                  ? Math.abs(want - y[i]) <= ulps * Math.ulp(rounded) + slack
                  : Float.compare(rounded, y[i]) == 0 || Math.abs(x[i] - 88.72f) < 0.01f;
          if (!fits || (inside && Float.compare(y[i], inPlace[i]) != 0)) {
            throw new AssertionError(
                name + "(" + x[i] + ") = " + y[i] + ", expected " + want + "; in place "
                    + inPlace[i]);
          }
        }
      }
    }
  }

  static void reductions(Kernels kernels) {
    for (int n : new int[] {0, 1, 2, 3, 7, 15, 16, 17, 31, 33, 63, 64, 65, 100, 1000, 100_003}) {
      float[] x = random(n + 5, n);
      float[] y = random(n + 5, n + 1);
      double sum = 0;
      double sizes = 0;
      double dot = 0;
      double centred = 0;
      double centredSizes = 0;
      float max = Float.NEGATIVE_INFINITY;
      for (int i = 0; i < n; i++) {
        sum += x[2 + i];
        sizes += Math.abs(x[2 + i]);
        dot += (double) x[2 + i] * y[3 + i];
        double term = ((double) x[2 + i] - 0.5f) * ((double) y[3 + i] + 0.25f);
        centred += term;
        centredSizes += Math.abs(term);
        max = Math.max(max, x[2 + i]);
      }
      String what = kernels.name() + " of " + n;
      close("sum " + what, sum, kernels.sum(x, 2, n), sizes, 10);
      close("dot " + what, dot, kernels.dot(x, 2, y, 3, n), sizes, 10);
      close(
          "centred dot " + what, centred, kernels.centredDot(x, 2, 0.5f, y, 3, -0.25f, n),
          2 * centredSizes, 10);
      close("max " + what, max, kernels.max(x, 2, n), 0, 0);
      float[] between = new float[n + 2]; // NaN on both sides
      Arrays.fill(between, Float.NaN);
      System.arraycopy(x, 2, between, 1, n);
      close("sum beside NaN " + what, sum, kernels.sum(between, 1, n), sizes, 10);
      close("dot beside NaN " + what, dot, kernels.dot(between, 1, y, 3, n), sizes, 10);
      if (n > 0) {
        for (int at : new int[] {0, n / 2, n - 1}) {
          float[] z = x.clone();
          z[2 + at] = Float.NaN;
          close("sum " + what, Double.NaN, kernels.sum(z, 2, n), 1, 1);
          close("max " + what, Double.NaN, kernels.max(z, 2, n), 1, 1);
          close("dot " + what, Double.NaN, kernels.dot(z, 2, y, 3, n), 1, 1);
          z[2 + at] = Float.POSITIVE_INFINITY;
          close("sum " + what, Double.POSITIVE_INFINITY, kernels.sum(z, 2, n), 1, 1);
          close("max " + what, Double.POSITIVE_INFINITY, kernels.max(z, 2, n), 1, 1);
        }
      }
    }
  }

  /// Sums over rows with NaN between them.
  static void reductionsOverRows(Kernels kernels) {
    for (int n : new int[] {0, 1, 5, 16, 49, 64, 100, 1024, 1030, 2500}) {
      for (int rows : new int[] {0, 1, 3, n < 10 ? 5000 : 40}) {
        int step = n + 3;
        float[] x = new float[2 + rows * step];
        Arrays.fill(x, Float.NaN);
        double sum = 0;
        double sizes = 0;
        double squares = 0;
        for (int row = 0; row < rows; row++) {
          System.arraycopy(random(n, 7 * row + n), 0, x, 2 + row * step, n);
          for (int i = 2 + row * step; i < 2 + row * step + n; i++) {
            x[i] += 3; // nearly equal numbers round to one side
            sum += x[i];
            sizes += Math.abs(x[i]);
            squares += (x[i] - 0.25) * (x[i] - 0.25);
          }
        }
        String what = kernels.name() + " over " + rows + " rows of " + n;
        close("sum " + what, sum, kernels.sum(x, 2, n, rows, step), sizes, 10);
        close("squares " + what, squares, kernels.squares(x, 2, 0.25f, n, rows, step), squares, 10);
        if (n > 0 && rows > 0) {
          x[2 + rows / 2 * step + n - 1] = Float.POSITIVE_INFINITY;
          close("sum " + what, Double.POSITIVE_INFINITY, kernels.sum(x, 2, n, rows, step), 1, 1);
          x[2 + rows / 2 * step + n - 1] = Float.NaN;
          close("sum " + what, Double.NaN, kernels.sum(x, 2, n, rows, step), 1, 1);
          close("squares " + what, Double.NaN, kernels.squares(x, 2, 0f, n, rows, step), 1, 1);
        }
      }
    }
  }

  static float[] filled(int n) {
    float[] x = new float[n];
    Arrays.fill(x, 123f);
    return x;
  }

  static void untouched(String what, float[] x, int at, int n) {
    for (int i = 0; i < x.length; i++) {
      if ((i < at || i >= at + n) && x[i] != 123f) {
        throw new AssertionError(what + " writes outside");
      }
    }
  }

  static void near(String what, double want, float got, double error) {
    boolean fits =
        Double.isFinite(want)
            ? Math.abs(want - got) <= error + Math.ulp((float) want)
            : Double.compare(want, got) == 0;
    if (!fits) {
      throw new AssertionError(what + ": expected " + want + ", got " + got);
    }
  }
}

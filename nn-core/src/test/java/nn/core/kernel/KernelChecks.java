package nn.core.kernel;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import nn.core.ConvSettings;
import nn.core.PoolSettings;
import nn.core.Shape;

/// Kernels against plain loops in double precision. Runs in tests, and by [#main] in JVMs that tests start with other
/// vector widths.
final class KernelChecks {
  static final int[] SIZES = {0, 1, 2, 3, 7, 15, 16, 17, 31, 33, 100};
  private static final double EPSILON = Math.ulp(1f) / 2.0;

  private KernelChecks() {}

  public static void main(String[] arguments) {
    Kernels kernels = KernelChoice.available().getLast();
    matmulOfSizes(kernels, 1, 3, 16, 17, 33);
    matmulOfLargeSizes(kernels);
    matmulWithNotFinite(kernels);
    convolutions(kernels, 20);
    convolutionWithNotFinite(kernels);
    maps(kernels);
    gradientOfGelu(kernels);
    reductions(kernels);
    affineMaps(kernels);
    batchNorms(kernels);
    layerNorms(kernels);
    softmaxes(kernels);
    maxPools(kernels);
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
    matmul(kernels, 150, 70, 2000, 0, 4);
    matmul(kernels, 1, 5000, 300, 0, 5);
    matmul(kernels, 5000, 1, 300, 0, 6);
    matmul(kernels, 13, 6200, 9, 0, 7);
  }

  static void matmulWithNotFinite(Kernels kernels) {
    for (int[] size : new int[][] {{1, 40, 40}, {2, 3, 9}, {40, 1, 40}, {37, 35, 50},
        {100, 33, 17}}) {
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

  private static void close(String what, double want, float got, double size, int terms) {
    boolean fits =
        Double.isFinite(want)
            ? Math.abs(want - got) <= EPSILON * (8 + 2 * Math.sqrt(terms)) * size + 1e-37
            : Double.compare(want, got) == 0;
    if (!fits) {
      throw new AssertionError(what + ": expected " + want + ", got " + got);
    }
  }

  // --- convolution ---

  static void convolutions(Kernels kernels, int count) {
    SplittableRandom random = new SplittableRandom(42);
    for (int i = 0; i < count; i++) {
      convolution(kernels, randomGeometry(random), i);
    }
    ConvSettings s = ConvSettings.DEFAULT;
    int[][] named = { // batch, in, height, width, out, kernel height, kernel width
        {2, 16, 32, 32, 16, 3, 3}, {3, 33, 8, 8, 65, 3, 3}, {2, 64, 7, 7, 40, 3, 3},
        {1, 3, 40, 40, 20, 7, 7},
    };
    for (int[] n : named) {
      convolution(kernels, geometry(n, s.padding(n[5] / 2)), 1);
      convolution(kernels, geometry(n, s.padding(n[5] / 2).stride(2)), 2);
      convolution(kernels, geometry(n, s), 3);
    }
    convolution(kernels, geometry(new int[] {2, 5, 9, 8, 7, 1, 1}, s.stride(2)), 4);
    convolution(kernels, geometry(new int[] {2, 5, 9, 8, 7, 1, 1}, s.stride(3, 1).padding(2)), 5);
    convolution(kernels, geometry(new int[] {3, 20, 14, 14, 40, 1, 1}, s), 6);
    convolution(kernels, geometry(new int[] {2, 3, 2, 3, 4, 5, 6}, s.padding(2, 3)), 7); // larger than the image
    convolution(kernels, geometry(new int[] {1, 1, 1, 1, 1, 3, 3}, s.padding(4).dilation(3)), 8);
    convolution(kernels, geometry(new int[] {2, 6, 17, 33, 6, 3, 3}, s.padding(1).groups(6)), 9); // depthwise
    convolution(
        kernels, geometry(new int[] {2, 6, 16, 40, 6, 5, 5}, s.padding(2).stride(2).groups(6)), 10);
    convolution(kernels, geometry(new int[] {2, 6, 9, 9, 18, 3, 3}, s.padding(1).groups(6)), 11); // multiplier 3
    convolution(kernels, geometry(new int[] {0, 6, 9, 9, 4, 3, 3}, s), 12); // no image
    convolution(kernels, geometry(new int[] {1, 2, 5, 5, 3, 1, 1}, s.stride(7)), 13);
    convolution(kernels, geometry(new int[] {1, 300, 4, 4, 70, 3, 3}, s.padding(1)), 14);
    convolution(kernels, geometry(new int[] {1, 70, 64, 64, 8, 3, 3}, s.padding(1)), 15); // several slabs
    for (int stride = 1; stride <= 2; stride++) { // depthwise, channels as lanes
      convolution(
          kernels,
          geometry(new int[] {3, 32, 7, 9, 32, 3, 3}, s.padding(1).stride(stride).groups(32)),
          30 + stride);
      convolution(
          kernels,
          geometry(new int[] {2, 16, 14, 13, 16, 5, 3}, s.padding(2, 0).stride(stride).groups(16)),
          32 + stride);
    }
    convolution(
        kernels, geometry(new int[] {2, 16, 9, 9, 16, 3, 3}, s.padding(2).dilation(2).groups(16)),
        35);
    int[][] depthwise = { // batch, channels, height, width (VectorDepthwise3x3)
        {3, 5, 7, 7}, {1, 1, 8, 8}, {2, 1, 4, 4}, {2, 3, 6, 2}, {2, 4, 2, 15}, {3, 40, 14, 14},
        {2, 3, 5, 16}, {2, 3, 28, 30}, {1, 3, 3, 48}, {2, 3, 2, 50}, {1, 2, 11, 64}, {2, 2, 34, 68},
    };
    for (int i = 0; i < depthwise.length; i++) {
      int[] d = depthwise[i];
      for (int stride = 1; stride <= 2; stride++) {
        int[] n = {d[0], d[1], d[2] * stride, d[3] * stride, d[1], 3, 3};
        convolution(kernels, geometry(n, s.padding(1).stride(stride).groups(d[1])), 50 + i);
      }
    }
    int[][] tiled = { // whole vectors of channels: tiles of 4×4 outputs (VectorWinograd)
        {1, 16, 16, 16, 32, 3, 3}, {3, 32, 7, 7, 48, 3, 3}, {2, 48, 9, 14, 16, 3, 3},
        {5, 32, 45, 33, 32, 3, 3}, {40, 16, 5, 3, 16, 3, 3}, {2, 512, 9, 9, 32, 3, 3},
        {2, 32, 9, 9, 512, 3, 3},
    };
    for (int i = 0; i < tiled.length; i++) {
      convolution(kernels, geometry(tiled[i], s.padding(i % 3)), 20 + i);
    }
  }

  private static ConvGeometry geometry(int[] n, ConvSettings settings) {
    return ConvGeometry.of(
        Shape.of(n[0], n[1], n[2], n[3]), Shape.of(n[4], n[1] / settings.groups(), n[5], n[6]),
        settings);
  }

  private static ConvGeometry randomGeometry(SplittableRandom random) {
    while (true) {
      int groups = random.nextInt(3) == 0 ? random.nextInt(1, 5) : 1;
      int in = groups * (random.nextInt(4) == 0 ? 1 : random.nextInt(1, 20));
      int out = groups * (random.nextInt(4) == 0 ? 1 : random.nextInt(1, 40));
      ConvSettings settings =
          ConvSettings.DEFAULT
              .stride(random.nextInt(1, 4), random.nextInt(1, 4))
              .padding(random.nextInt(0, 4), random.nextInt(0, 4))
              .dilation(random.nextInt(1, 4), random.nextInt(1, 4))
              .groups(groups);
      int[] n = {
          random.nextInt(1, 4), in, random.nextInt(1, 20), random.nextInt(1, 40), out,
          random.nextInt(1, 6),
          random.nextInt(1, 6)
      };
      boolean fits =
          n[2] + 2 * settings.paddingHeight() >= settings.dilationHeight() * (n[5] - 1) + 1
              && n[3] + 2 * settings.paddingWidth() >= settings.dilationWidth() * (n[6] - 1) + 1;
      if (fits) {
        return geometry(n, settings);
      }
    }
  }

  static void convolutionWithNotFinite(Kernels kernels) {
    ConvSettings s = ConvSettings.DEFAULT.padding(1);
    convolutionWithNotFinite(kernels, geometry(new int[] {2, 5, 9, 10, 20, 3, 3}, s));
    for (int stride = 1; stride <= 2; stride++) { // depthwise
      for (int[] side : new int[][] {{8, 8}, {14, 14}, {10, 60}}) {
        int[] n = {2, 5, side[0], side[1], 5, 3, 3};
        convolutionWithNotFinite(kernels, geometry(n, s.stride(stride).groups(5)));
      }
    }
  }

  private static void convolutionWithNotFinite(Kernels kernels, ConvGeometry g) {
    float[] x = random(g.inputShape().size(), 1);
    int area = g.inHeight() * g.inWidth();
    x[area + g.inWidth() + 1] = Float.NaN;
    x[5 * area + area / 2 + 1] = Float.POSITIVE_INFINITY;
    float[] w = random(g.kernelShape().size(), 2);
    float[] dy = random(g.outputShape().size(), 3);
    int outArea = g.outHeight() * g.outWidth();
    dy[8 * outArea + g.outWidth() + 1] = Float.NaN;
    dy[8 * outArea + g.outWidth() + 2] = Float.NEGATIVE_INFINITY;
    Sums y = forward(g, x, w, null);
    float[] got = new float[dy.length];
    kernels.conv2d(g, x, w, null, got);
    y.check(kernels.name() + " y of " + g, got);
    Sums dx = inputGradient(g, dy, w);
    got = new float[x.length];
    kernels.conv2dInputGradient(g, dy, w, got);
    dx.check(kernels.name() + " dx of " + g, got);
    Sums dw = weightGradient(g, x, random(dy.length, 4));
    got = new float[w.length];
    kernels.conv2dWeightGradient(g, x, random(dy.length, 4), got);
    dw.check(kernels.name() + " dw of " + g, got);
  }

  private static void convolution(Kernels kernels, ConvGeometry g, long seed) {
    float[] x = random(g.inputShape().size(), seed);
    float[] w = random(g.kernelShape().size(), seed + 1);
    float[] dy = random(g.outputShape().size(), seed + 2);
    float[] bias = seed % 2 == 0 ? null : random(g.outChannels(), seed + 3);
    float[] y = random(dy.length, 5); // must be overwritten
    float[] dx = random(x.length, 6);
    float[] dw = random(w.length, 7);
    boolean tiled =
        g.kernelHeight() == 3 && g.kernelWidth() == 3 && g.settings().strideHeight() == 1
            && g.inChannels() % 4 == 0 && g.outChannels() % 4 == 0;
    kernels.conv2d(g, x, w, bias, y);
    forward(g, x, w, bias).check(kernels.name() + " y of " + g, y, tiled);
    kernels.conv2dInputGradient(g, dy, w, dx);
    inputGradient(g, dy, w).check(kernels.name() + " dx of " + g, dx, tiled);
    kernels.conv2dWeightGradient(g, x, dy, dw);
    weightGradient(g, x, dy).check(kernels.name() + " dw of " + g, dw, tiled);
  }

  /// Sums in double, and for the expected error the sum of sizes and the number of terms.
  private static final class Sums {
    final double[] sum;
    final double[] size;
    final int[] terms;

    Sums(int n) {
      sum = new double[n];
      size = new double[n];
      terms = new int[n];
    }

    void add(int i, double term) {
      sum[i] += term;
      size[i] += Math.abs(term);
      terms[i]++;
    }

    void check(String what, float[] got) {
      for (int i = 0; i < sum.length; i++) {
        close(what + " at " + i, sum[i], got[i], size[i], terms[i]);
      }
    }

    /// @param tiled whether outputs share intermediate results, so that the error goes with the largest of them
    void check(String what, float[] got, boolean tiled) {
      if (!tiled) {
        check(what, got);
        return;
      }
      double largest = Arrays.stream(sum).map(Math::abs).max().orElse(0);
      for (int i = 0; i < sum.length; i++) {
        if (!(Math.abs(got[i] - sum[i]) <= 1e-5 * largest)) {
          throw new AssertionError(
              what + " at " + i + ": expected " + sum[i] + ", got " + got[i]
                  + ", the largest is " + largest);
        }
      }
    }
  }

  private interface Tap {
    void at(int x, int w, int y);
  }

  private static Sums forward(ConvGeometry g, float[] x, float[] w, float[] bias) {
    Sums sums = new Sums(g.outputShape().size());
    for (int i = 0; bias != null && i < sums.sum.length; i++) {
      sums.add(i, bias[i / (g.outHeight() * g.outWidth()) % g.outChannels()]);
    }
    eachTap(g, (xAt, wAt, yAt) -> sums.add(yAt, (double) x[xAt] * w[wAt]));
    return sums;
  }

  private static Sums inputGradient(ConvGeometry g, float[] dy, float[] w) {
    Sums sums = new Sums(g.inputShape().size());
    eachTap(g, (xAt, wAt, yAt) -> sums.add(xAt, (double) dy[yAt] * w[wAt]));
    return sums;
  }

  private static Sums weightGradient(ConvGeometry g, float[] x, float[] dy) {
    Sums sums = new Sums(g.kernelShape().size());
    eachTap(g, (xAt, wAt, yAt) -> sums.add(wAt, (double) x[xAt] * dy[yAt]));
    return sums;
  }

  private static void eachTap(ConvGeometry g, Tap tap) {
    ConvSettings s = g.settings();
    int inPerGroup = g.inChannels() / s.groups();
    int outPerGroup = g.outChannels() / s.groups();
    for (int image = 0; image < g.batch(); image++) {
      for (int out = 0; out < g.outChannels(); out++) {
        for (int in = 0; in < inPerGroup; in++) {
          for (int ky = 0; ky < g.kernelHeight(); ky++) {
            for (int kx = 0; kx < g.kernelWidth(); kx++) {
              for (int oy = 0; oy < g.outHeight(); oy++) {
                for (int ox = 0; ox < g.outWidth(); ox++) {
                  int iy = oy * s.strideHeight() - s.paddingHeight() + ky * s.dilationHeight();
                  int ix = ox * s.strideWidth() - s.paddingWidth() + kx * s.dilationWidth();
                  if (iy >= 0 && iy < g.inHeight() && ix >= 0 && ix < g.inWidth()) {
                    int channel = out / outPerGroup * inPerGroup + in;
                    tap.at(
                        ((image * g.inChannels() + channel) * g.inHeight() + iy) * g.inWidth() + ix,
                        ((out * inPerGroup + in) * g.kernelHeight() + ky) * g.kernelWidth() + kx,
                        ((image * g.outChannels() + out) * g.outHeight() + oy) * g.outWidth() + ox);
                  }
                }
              }
            }
          }
        }
      }
    }
  }

  // --- maps and reductions ---

  private interface Loop {
    void run(float[] x, float[] y, int from, int to);
  }

  static void maps(Kernels kernels) {
    map("exp", kernels::exp, Math::exp, 4, 1e-44);
    map("tanh", kernels::tanh, Math::tanh, 4, 1e-7);
    map("sigmoid", kernels::sigmoid, x -> 1 / (1 + Math.exp(-x)), 4, 1e-37);
    map("gelu", kernels::gelu, KernelChecks::gelu, 4, 2e-6);
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
      for (int i = 0; i < n; i++) {
        double v = x[3 + i];
        double density = Math.exp(-v * v / 2) / Math.sqrt(2 * Math.PI);
        double want = dy[3 + i] * (0.5 * (1 + erf(v * Math.sqrt(0.5))) + v * density);
        near(kernels.name() + " gelu's gradient at " + v, want, dx[3 + i], 2e-6);
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
        -104f, -110f, 9f, -9f, 0.625f, 1e-4f, -1e-20f, 0.3465f, 20f, -20f, 5f, 2.5f, -2.5f
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

  // --- norms and softmax ---

  private static final float[][] LIMITS = {
      {Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY}, {0f, Float.POSITIVE_INFINITY}, {0f, 0.3f},
  };

  static void affineMaps(Kernels kernels) {
    for (int n : SIZES) {
      for (float[] limits : LIMITS) {
        float low = limits[0];
        float high = limits[1];
        String what = kernels.name() + " affine map of " + n + " from " + low + " to " + high;
        float[] x = random(n + 5, n);
        float[] y = filled(n + 5);
        kernels.affine(x, y, 3, n, 0.7f, 0.1f, low, high);
        float[] inPlace = x.clone();
        kernels.affine(inPlace, inPlace, 3, n, 0.7f, 0.1f, low, high);
        float[] dy = random(n + 5, n + 1);
        float[] dx = filled(n + 5);
        kernels.limitedGradient(dy, y, dx, 3, n, 0.7f, low, high);
        for (int i = 3; i < 3 + n; i++) {
          double want = Math.min(high, Math.max(low, 0.7f * (double) x[i] + 0.1f));
          near(what, want, y[i], 1e-7);
          near(what + " in place", y[i], inPlace[i], 0);
          near(what + ", gradient", y[i] > low && y[i] < high ? 0.7f * dy[i] : 0, dx[i], 1e-7);
        }
        untouched(what, y, 3, n);
        untouched(what + ", gradient", dx, 3, n);
        if (n > 0) {
          x[3 + n / 2] = Float.NaN;
          kernels.affine(x, y, 3, n, 0.7f, 0.1f, low, high);
          near(what + " of NaN", Double.NaN, y[3 + n / 2], 0);
          x[3 + n / 2] = Float.POSITIVE_INFINITY;
          kernels.affine(x, y, 3, n, 0.7f, 0.1f, low, high);
          near(what + " of infinity", high, y[3 + n / 2], 0);
        }
      }
    }
  }

  static void batchNorms(Kernels kernels) {
    for (int n : new int[] {0, 1, 2, 3, 7, 15, 16, 17, 31, 33, 49, 100, 1111}) {
      for (float[] limits : LIMITS) {
        float low = limits[0];
        float high = limits[1];
        String what = kernels.name() + " batch norm of " + n + " from " + low + " to " + high;
        float[] x = random(n + 5, n);
        float[] dy = random(n + 5, n + 1);
        float[] dx = filled(n + 5);
        double[] sums = {7, 8, 9, 10};
        kernels.batchNormSums(x, dy, 3, n, 0.7f, 0.1f, low, high, 0.25f, sums, 1);
        kernels.batchNormGradient(x, dy, dx, 3, n, 0.7f, 0.1f, low, high, 0.2f, 0.3f);
        double sum = 8;
        double dot = 9;
        double size = 0;
        for (int i = 3; i < 3 + n; i++) {
          double z = 0.7f * (double) x[i] + 0.1f;
          double d = z > low && z < high ? dy[i] : 0;
          sum += d;
          dot += d * (x[i] - 0.25f);
          size += Math.abs(d);
          near(what + ", gradient", 0.7f * (d - 0.2f - x[i] * 0.3f), dx[i], 3e-7);
        }
        close(what + ", sum", sum, (float) sums[1], size + 8, 1);
        close(what + ", dot", dot, (float) sums[2], 2 * size + 9, 1);
        untouched(what, dx, 3, n);
        if (sums[0] != 7 || sums[3] != 10) {
          throw new AssertionError(what + " writes beside its sums");
        }
        if (n > 0) {
          dy[3 + n / 2] = Float.NaN;
          x[3 + n / 2] = 0.1f; // inside of all limits
          kernels.batchNormSums(x, dy, 3, n, 0.7f, 0.1f, low, high, 0.25f, sums, 1);
          near(what + ", sum with NaN", Double.NaN, (float) sums[1], 0);
          near(what + ", dot with NaN", Double.NaN, (float) sums[2], 0);
        }
      }
    }
  }

  private static final int[] WIDTHS = {1, 2, 3, 7, 15, 16, 17, 31, 33, 64, 100, 1111};

  /// Rows 1 and 2 of four, whose neighbours must stay.
  static void layerNorms(Kernels kernels) {
    for (int n : WIDTHS) {
      String what = kernels.name() + " layer norm of " + n;
      float[] x = random(4 * n, n);
      float[] gamma = random(n, n + 1);
      float[] beta = random(n, n + 2);
      float[] dy = random(4 * n, n + 3);
      float[] y = filled(4 * n);
      float[] dx = filled(4 * n);
      float[] mean = filled(4);
      float[] inverse = filled(4);
      float[] sums = filled(2 * n + 5);
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
        near(what + ", beta's gradient", sum, sums[2 + i], 5e-7);
        near(what + ", gamma's gradient", dot, sums[2 + n + i], 2e-6);
      }
      untouched(what, y, n, 2 * n);
      untouched(what + ", gradient", dx, n, 2 * n);
      untouched(what + ", mean", mean, 1, 2);
      untouched(what + ", deviation", inverse, 1, 2);
      untouched(what + ", weight gradients", sums, 2, 2 * n);
      x[n] = Float.NaN;
      kernels.layerNorm(x, gamma, beta, y, 1, 3, n, 0.01f, mean, inverse);
      near(what + " with NaN", Double.NaN, y[2 * n - 1], 0);
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
    near(what + ", mean", centre, mean, 1e-7);
    near(what + ", deviation", 1 / deviation, inverse, 1e-6 / deviation);
    double average = 0;
    double slope = 0;
    for (int i = 0; i < n; i++) {
      double g = (double) dy[at + i] * gamma[i];
      average += g / n;
      slope += g * (x[at + i] - centre) / deviation / n;
    }
    for (int i = 0; i < n; i++) {
      double normal = (x[at + i] - centre) / deviation;
      near(what, normal * gamma[i] + beta[i], y[at + i], 2e-6);
      double g = (double) dy[at + i] * gamma[i];
      near(what + ", gradient", (g - average - normal * slope) / deviation, dx[at + i], 1e-5);
    }
  }

  /// Rows 1 and 2 of four, whose neighbours must stay.
  static void softmaxes(Kernels kernels) {
    for (int n : WIDTHS) {
      String what = kernels.name() + " softmax of " + n;
      float[] x = random(4 * n, n);
      for (int i = 0; i < x.length; i++) {
        x[i] *= i % 3 == 0 ? 1 : i % 3 == 1 ? 10 : 60;
      }
      if (n > 10) {
        x[n + n / 3] = Float.NEGATIVE_INFINITY;
      }
      float[] y = filled(4 * n);
      float[] dy = random(4 * n, n + 3);
      float[] dx = filled(4 * n);
      kernels.softmax(x, y, 1, 3, n);
      kernels.softmaxGradient(dy, y, dx, 1, 3, n);
      for (int row = 1; row < 3; row++) {
        softmax(what, n, row * n, x, y, dy, dx);
      }
      untouched(what, y, n, 2 * n);
      untouched(what + ", gradient", dx, n, 2 * n);
      for (int i = n; i < 2 * n; i++) { // wherever NaN is, in whole vectors and after them
        float before = x[i];
        x[i] = Float.NaN;
        kernels.softmax(x, y, 1, 3, n);
        near(what + " with NaN", Double.NaN, y[n], 0);
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
      double error = 5e-7 + EPSILON * (max - x[i]); // of the difference's rounding, which goes into the exponent
      near(what, want, y[i], 1e-37 + (want > 0 ? error * want : 0));
      mean += (double) dy[i] * y[i];
    }
    for (int i = at; i < at + n; i++) {
      near(what + ", gradient", y[i] * (dy[i] - mean), dx[i], 1e-6 * y[i] + 1e-37);
    }
  }

  // --- pooling ---

  static void maxPools(Kernels kernels) {
    PoolSettings three = PoolSettings.of(3);
    for (PoolSettings s : new PoolSettings[] {
        PoolSettings.of(2), three.stride(2).padding(1), three.stride(1),
        three.stride(2).roundingUp(),
        PoolSettings.of(2, 5).stride(3, 4).padding(1, 2).roundingUp(),
        PoolSettings.of(1).stride(3)}) {
      for (int[] size : new int[][] {{5, 5}, {7, 16}, {9, 33}, {6, 70}}) {
        maxPool(kernels, s, Shape.of(2, 1, size[0], size[1]));
      }
    }
  }

  /// Few different numbers, so that there are equals, with infinities and NaN among them.
  private static void maxPool(Kernels kernels, PoolSettings s, Shape in) {
    String what = kernels.name() + " max pooling of " + in + " by " + s;
    Shape out = s.outputShape(in);
    float[] x = random(in.size(), in.size());
    for (int i = 0; i < x.length; i++) {
      x[i] = Math.round(x[i] * 4) + 0.5f;
      x[i] = i % 11 == 0 || i % 97 > 70 ? Float.NEGATIVE_INFINITY : x[i];
      x[i] = i % 31 == 0 ? Float.POSITIVE_INFINITY : i % 43 == 0 ? Float.NaN : x[i];
    }
    float[] y = filled(out.size());
    float[] winners = filled(out.size());
    kernels.maxPool2d(s, in, out, 1, x, y, winners);
    int windows = out.dim(2) * out.dim(3);
    untouched(what, y, windows, windows);
    untouched(what, winners, windows, windows);
    for (int i = 0; i < windows; i++) {
      int winner = -1;
      int top = i / out.dim(3) * s.strideHeight() - s.paddingHeight();
      int left = i % out.dim(3) * s.strideWidth() - s.paddingWidth();
      for (int iy = Math.max(0, top); iy < Math.min(in.dim(2), top + s.kernelHeight()); iy++) {
        for (int ix = Math.max(0, left); ix < Math.min(in.dim(3), left + s.kernelWidth()); ix++) {
          int at = iy * in.dim(3) + ix;
          if (winner < 0
              || Float.compare(x[at + in.size() / 2], x[winner + in.size() / 2]) > 0) { // puts NaN highest
            winner = at;
          }
        }
      }
      near(what + " at " + i, x[winner + in.size() / 2], y[windows + i], 0);
      near(what + ", place " + i, winner, Float.floatToRawIntBits(winners[windows + i]), 0);
    }
  }

  private static float[] filled(int n) {
    float[] x = new float[n];
    Arrays.fill(x, 123f);
    return x;
  }

  private static void untouched(String what, float[] x, int at, int n) {
    for (int i = 0; i < x.length; i++) {
      if ((i < at || i >= at + n) && x[i] != 123f) {
        throw new AssertionError(what + " writes outside");
      }
    }
  }

  private static void near(String what, double want, float got, double error) {
    boolean fits =
        Double.isFinite(want)
            ? Math.abs(want - got) <= error + Math.ulp((float) want)
            : Double.compare(want, got) == 0;
    if (!fits) {
      throw new AssertionError(what + ": expected " + want + ", got " + got);
    }
  }
}

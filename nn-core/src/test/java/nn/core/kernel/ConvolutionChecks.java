package nn.core.kernel;

import java.util.Arrays;
import java.util.SplittableRandom;
import nn.core.ConvSettings;
import nn.core.Shape;

/// Convolutions and their gradients against plain loops in double precision.
final class ConvolutionChecks {
  private ConvolutionChecks() {}

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
    int[][] pixels = { // panels within an image, and of several (VectorPointwise)
        {9, 20, 14, 14, 40, 1, 1}, {1, 64, 7, 7, 200, 1, 1},
        {5, 50, 7, 7, 70, 1, 1}, {7, 9, 3, 5, 130, 1, 1}, {3, 130, 5, 5, 20, 1, 1},
        {2, 33, 4, 8, 7, 1, 1},
        {9, 16, 1, 17, 16, 1, 1},
    };
    for (int[] n : pixels) {
      convolution(kernels, geometry(n, s), 70);
    }
    convolution(kernels, geometry(new int[] {2, 3, 2, 3, 4, 5, 6}, s.padding(2, 3)), 7); // larger than the image
    convolution(kernels, geometry(new int[] {1, 1, 1, 1, 1, 3, 3}, s.padding(4).dilation(3)), 8);
    convolution(kernels, geometry(new int[] {2, 6, 17, 33, 6, 3, 3}, s.padding(1).groups(6)), 9); // depthwise
    convolution(
        kernels, geometry(new int[] {2, 6, 16, 40, 6, 5, 5}, s.padding(2).stride(2).groups(6)), 10);
    convolution(kernels, geometry(new int[] {2, 6, 9, 9, 18, 3, 3}, s.padding(1).groups(6)), 11); // multiplier 3
    convolution(kernels, geometry(new int[] {0, 6, 9, 9, 4, 3, 3}, s), 12); // no image
    convolution(kernels, geometry(new int[] {1, 2, 5, 5, 3, 1, 1}, s.stride(7)), 13);
    convolution(kernels, geometry(new int[] {5, 1, 28, 28, 33, 5, 5}, s.padding(2)), 92); // grey images
    convolution(kernels, geometry(new int[] {3, 1, 30, 29, 70, 7, 7}, s.padding(3).stride(2)), 93);
    convolution(kernels, geometry(new int[] {5, 1, 13, 11, 6, 3, 3}, s.padding(1)), 94);
    convolution(kernels, geometry(new int[] {3, 1, 9, 9, 20, 1, 1}, s), 95);
    convolution(kernels, geometry(new int[] {1, 300, 4, 4, 70, 3, 3}, s.padding(1)), 14);
    convolution(kernels, geometry(new int[] {1, 70, 64, 64, 8, 3, 3}, s.padding(1)), 15); // several slabs
    for (int[] n : new int[][] { // short rows, many output channels: a copy for each tap of a row
        {9, 5, 14, 14, 70, 3, 3}, {2, 8, 11, 13, 140, 3, 2}, {1, 6, 16, 32, 64, 5, 3},
        {3, 2, 3, 9, 128, 2, 7}}) {
      for (int stride = 1; stride <= 3; stride++) {
        convolution(kernels, geometry(n, s.padding(1).stride(stride)), 60 + stride);
        convolution(
            kernels, geometry(n, s.padding(3, 4).dilation(2).stride(1, stride)), 63 + stride);
      }
    }
    for (int[] n : new int[][] {{2, 3, 80, 80, 64, 3, 3}, {1, 3, 70, 70, 64, 7, 7}}) { // first layers: odd rows of taps, images in parts
      convolution(kernels, geometry(n, s.padding(n[5] / 2).stride(2)), 76);
    }
    convolution(
        kernels, geometry(new int[] {2, 8, 9, 14, 140, 3, 3}, s.padding(1).stride(2).groups(2)),
        67);
    for (int width = 33; width <= 36; width++) { // even and odd columns from the same loads
      for (int padding = 0; padding <= 3; padding++) {
        int[] n = {2, 3, 5, width, 20, 2, 2 + padding};
        convolution(kernels, geometry(n, s.padding(1, padding).stride(padding % 2 + 1, 2)), 75);
      }
    }
    convolution( // several slabs, with rows at the edges
        kernels, geometry(new int[] {1, 70, 64, 64, 40, 3, 3}, s.padding(1).stride(2)), 68);
    for (int stride = 1; stride <= 2; stride++) {
      convolution(
          kernels, geometry(new int[] {2, 200, 20, 14, 70, 3, 3}, s.padding(1).stride(stride)), 69);
    }
    for (int[] n : new int[][] { // small images side by side, with many weights
        {13, 130, 13, 14, 140, 3, 3}, {10, 140, 7, 5, 130, 2, 4}}) {
      convolution(kernels, geometry(n, s.padding(1).stride(2)), 71);
      convolution(kernels, geometry(n, s.padding(1, 2).stride(1, 2).dilation(2, 1)), 72);
    }
    for (int[] n : new int[][] {{8, 256, 13, 13, 64, 3, 3}, {32, 130, 7, 7, 140, 3, 3}}) { // few and many pieces
      convolution(kernels, geometry(n, s.padding(1).stride(2)), 74);
    }
    convolution(
        kernels, geometry(new int[] {9, 200, 9, 9, 200, 3, 3}, s.padding(1).stride(2).groups(2)),
        73);
    convolution(kernels, geometry(new int[] {2, 20, 50, 50, 40, 1, 1}, s), 70); // weight gradient in parts
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
        {2, 3, 50, 6},
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
        {2, 32, 9, 9, 512, 3, 3}, {256, 176, 1, 1, 176, 3, 3}, {6, 48, 40, 33, 48, 3, 3},
        {3, 24, 9, 9, 40, 3, 3}, {3, 12, 9, 9, 20, 3, 3}, // odd panels for 8 and 4 lanes
        {2, 272, 9, 7, 144, 3, 3}, // more channels than a piece
    };
    for (int i = 0; i < tiled.length; i++) {
      convolution(kernels, geometry(tiled[i], s.padding(i % 3)), 20 + i);
    }
    int[][] tiledStep2 = { // the same in tiles of 2×2 outputs, and 4×4 inputs' gradients
        {1, 16, 16, 16, 32, 3, 3}, {3, 32, 14, 14, 48, 3, 3}, {2, 48, 17, 27, 16, 3, 3},
        {5, 32, 45, 34, 32, 3, 3}, {40, 32, 3, 3, 32, 3, 3}, {4, 512, 7, 8, 32, 3, 3},
        {8, 32, 6, 7, 512, 3, 3}, {256, 176, 1, 1, 176, 3, 3}, {20, 64, 2, 13, 32, 3, 3},
        {3, 40, 9, 18, 24, 3, 3}, {3, 36, 9, 9, 20, 3, 3}, // odd panels for 8 and 4 lanes
        {0, 32, 9, 9, 32, 3, 3}, {3, 272, 9, 9, 144, 3, 3},
    };
    for (int i = 0; i < tiledStep2.length; i++) {
      convolution(kernels, geometry(tiledStep2[i], s.padding(1).stride(2)), 76 + i);
    }
    convolution(kernels, geometry(new int[] {12, 16, 0, 2, 16, 3, 3}, s.padding(2)), 88); // padding alone
    convolution(
        kernels, geometry(new int[] {2, 3, 0, 60, 16, 7, 7}, s.padding(4, 3).stride(2)), 89);
    int[][] first = { // few channels, large kernels (VectorFirstLayer)
        {2, 3, 20, 60, 40, 7, 7}, {1, 4, 9, 51, 33, 7, 9}, {3, 1, 53, 62, 64, 8, 7},
        {1, 2, 7, 120, 100, 10, 11}, {9, 3, 12, 57, 16, 7, 7}, {8, 3, 4, 50, 40, 9, 7},
        {1, 1, 1, 50, 33, 7, 7}, {0, 3, 20, 60, 40, 7, 7}, {2, 4, 40, 30, 300, 11, 11},
    };
    for (int i = 0; i < first.length; i++) {
      convolution(kernels, geometry(first[i], s.padding(3, 2 + i).stride(2)), 90 + i);
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
    convolutionWithNotFinite(
        kernels, geometry(new int[] {2, 5, 9, 10, 70, 3, 3}, s.stride(2))); // copies for each tap
    convolutionWithNotFinite(
        kernels, geometry(new int[] {9, 130, 9, 10, 140, 3, 3}, s.stride(2))); // images side by side
    convolutionWithNotFinite(
        kernels, geometry(new int[] {3, 20, 5, 5, 40, 1, 1}, ConvSettings.DEFAULT)); // panels across images
    for (int stride = 1; stride <= 2; stride++) { // depthwise
      for (int[] side : new int[][] {{8, 8}, {14, 14}, {10, 60}}) {
        int[] n = {2, 5, side[0], side[1], 5, 3, 3};
        convolutionWithNotFinite(kernels, geometry(n, s.stride(stride).groups(5)));
      }
    }
  }

  private static void convolutionWithNotFinite(Kernels kernels, ConvGeometry g) {
    float[] x = KernelChecks.random(g.inputShape().size(), 1);
    int area = g.inHeight() * g.inWidth();
    x[area + g.inWidth() + 1] = Float.NaN;
    x[5 * area + area / 2 + 1] = Float.POSITIVE_INFINITY;
    x[3 * area + 2 * g.inWidth() - 1] = Float.POSITIVE_INFINITY; // in the last column
    float[] w = KernelChecks.random(g.kernelShape().size(), 2);
    float[] dy = KernelChecks.random(g.outputShape().size(), 3);
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
    Sums dw = weightGradient(g, x, KernelChecks.random(dy.length, 4));
    got = new float[w.length];
    kernels.conv2dWeightGradient(g, x, KernelChecks.random(dy.length, 4), got);
    dw.check(kernels.name() + " dw of " + g, got);
  }

  private static void convolution(Kernels kernels, ConvGeometry g, long seed) {
    float[] x = KernelChecks.random(g.inputShape().size(), seed);
    float[] w = KernelChecks.random(g.kernelShape().size(), seed + 1);
    float[] dy = KernelChecks.random(g.outputShape().size(), seed + 2);
    float[] bias = seed % 2 == 0 ? null : KernelChecks.random(g.outChannels(), seed + 3);
    float[] y = KernelChecks.random(dy.length, 5); // must be overwritten
    float[] dx = KernelChecks.random(x.length, 6);
    float[] dw = KernelChecks.random(w.length, 7);
    boolean vector = kernels.name().startsWith("vector"); // else there may be no Vector API to ask
    boolean winograd = vector && VectorWinograd.fits(g);
    kernels.conv2d(g, x, w, bias, y);
    forward(g, x, w, bias)
        .check(
            kernels.name() + " y of " + g, y,
            vector && (VectorWinograd.fitsForward(g) || VectorFirstLayer.fits(g)));
    float[] kept = KernelChecks.random(dy.length, 5);
    kernels.conv2d(g, x, w, bias, kept, new PackedForms(0));
    if (Arrays.mismatch(y, kept) >= 0) {
      throw new AssertionError(kernels.name() + " y of " + g + " with kept weights is another");
    }
    kernels.conv2dInputGradient(g, dy, w, dx);
    inputGradient(g, dy, w).check(kernels.name() + " dx of " + g, dx, winograd);
    kernels.conv2dWeightGradient(g, x, dy, dw);
    weightGradient(g, x, dy)
        .check(
            kernels.name() + " dw of " + g, dw,
            winograd || (vector && VectorFirstLayerGradient.fits(g)));
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
        KernelChecks.close(what + " at " + i, sum[i], got[i], size[i], terms[i]);
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
}

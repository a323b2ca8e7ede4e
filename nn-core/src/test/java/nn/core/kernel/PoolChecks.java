package nn.core.kernel;

import nn.core.PoolSettings;
import nn.core.Shape;

/// Maximum pooling against plain loops.
final class PoolChecks {
  private PoolChecks() {}

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
    float[] x = KernelChecks.random(in.size(), in.size());
    for (int i = 0; i < x.length; i++) {
      x[i] = Math.round(x[i] * 4) + 0.5f;
      x[i] = i % 11 == 0 || i % 97 > 70 ? Float.NEGATIVE_INFINITY : x[i];
      x[i] = i % 31 == 0 ? Float.POSITIVE_INFINITY : i % 43 == 0 ? Float.NaN : x[i];
    }
    float[] y = KernelChecks.filled(out.size());
    float[] winners = KernelChecks.filled(out.size());
    kernels.maxPool2d(s, in, out, 1, x, y, winners);
    int windows = out.dim(2) * out.dim(3);
    KernelChecks.untouched(what, y, windows, windows);
    KernelChecks.untouched(what, winners, windows, windows);
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
      KernelChecks.near(what + " at " + i, x[winner + in.size() / 2], y[windows + i], 0);
      KernelChecks
          .near(what + ", place " + i, winner, Float.floatToRawIntBits(winners[windows + i]), 0);
    }
  }
}

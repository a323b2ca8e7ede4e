package nn.benchmarks;

import java.util.SplittableRandom;
import nn.core.NdArray;
import nn.core.PoolSettings;
import nn.core.Shape;
import nn.core.kernel.Kernels;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/// Maximum pooling of one plane, 3×3 with a step of 2, as in the first layers of residual networks.
public class PoolBenchmark extends OnBothKernels {
  /// Rows and columns of the plane.
  @Param({"14", "112"}) public int side = 14;

  private final PoolSettings settings = PoolSettings.of(3).stride(2).padding(1);
  private Shape in = Shape.of(1, 1, 1, 1);
  private Shape out = in;
  private float[] x = {};
  private float[] y = {};
  private float[] winners = {};

  @Setup
  public void fill() {
    in = Shape.of(1, 1, side, side);
    out = Shape.of(1, 1, side / 2, side / 2);
    x = NdArray.normal(in, 1, new SplittableRandom(1)).array();
    y = new float[out.size()];
    winners = new float[out.size()];
  }

  @Benchmark
  public float[] maxPool2d() {
    Kernels.active().maxPool2d(settings, in, out, 0, x, y, winners);
    return y;
  }
}

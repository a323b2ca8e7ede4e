package nn.benchmarks;

import java.util.Arrays;
import java.util.SplittableRandom;
import nn.core.ConvSettings;
import nn.core.NdArray;
import nn.core.Shape;
import nn.core.kernel.ConvGeometry;
import nn.core.kernel.Kernels;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/// Convolution kernels: forward, input gradient, weight gradient.
public class ConvolutionBenchmark extends OnBothKernels {
  /// batch, input channels, side, output channels, kernel, step, groups.
  @Param({
      "8x64x56x64x3x1x1", "8x128x28x128x3x1x1", "8x256x14x256x3x1x1", "8x512x7x512x3x1x1",
      "8x256x56x64x1x1x1", "8x1024x14x256x1x1x1", "8x64x56x128x3x2x1", "8x256x14x512x3x2x1",
      "1x256x14x512x3x2x1", "8x3x224x64x7x2x1",
      "8x64x28x64x3x1x4", "8x144x56x144x3x1x144", "8x960x7x960x3x1x960",
      "8x96x112x96x3x2x96", "8x120x28x120x5x1x120"
  }) public String shape = "8x64x56x64x3x1x1";

  private ConvGeometry g =
      ConvGeometry.of(Shape.of(1, 1, 1, 1), Shape.of(1, 1, 1, 1), ConvSettings.DEFAULT);
  private float[] x = {};
  private float[] w = {};
  private float[] y = {};
  private float[] dx = {};
  private float[] dw = {};
  private float[] dy = {};

  @Setup
  public void fill() {
    int[] n =
        Arrays.stream(shape.split("x", -1)).mapToInt(Integer::parseInt).toArray();
    ConvSettings settings =
        ConvSettings.DEFAULT.stride(n[5]).padding(n[4] / 2).groups(n[6]);
    g =
        ConvGeometry.of(
            Shape.of(n[0], n[1], n[2], n[2]), Shape.of(n[3], n[1] / n[6], n[4], n[4]), settings);
    x = random(g.inputShape());
    w = random(g.kernelShape());
    dy = random(g.outputShape());
    y = new float[dy.length];
    dx = new float[x.length];
    dw = new float[w.length];
  }

  private static float[] random(Shape shape) {
    return NdArray.normal(shape, 1, new SplittableRandom(1)).array();
  }

  @Benchmark
  public float[] forward() {
    Kernels.active().conv2d(g, x, w, null, y);
    return y;
  }

  @Benchmark
  public float[] inputGradient() {
    Kernels.active().conv2dInputGradient(g, dy, w, dx);
    return dx;
  }

  @Benchmark
  public float[] weightGradient() {
    Kernels.active().conv2dWeightGradient(g, x, dy, dw);
    return dw;
  }
}

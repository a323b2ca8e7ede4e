package nn.benchmarks;

import java.util.SplittableRandom;
import nn.core.NdArray;
import nn.core.Shape;
import nn.core.kernel.Kernels;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/// Element-by-element kernels on one thread: the exponential family, rectifiers.
public class MapBenchmark extends OnBothKernels {
  /// How many numbers: in the first cache, and beyond the second.
  @Param({"4096", "1048576"}) public int size = 4096;

  private float[] x = {};
  private float[] dy = {};
  private float[] y = {};

  @Setup
  public void fill() {
    x = NdArray.normal(Shape.of(size), 1, new SplittableRandom(1)).array();
    dy = NdArray.normal(Shape.of(size), 1, new SplittableRandom(2)).array();
    y = new float[size];
  }

  @Benchmark
  public float[] exp() {
    Kernels.active().exp(x, y, 0, size);
    return y;
  }

  @Benchmark
  public float[] tanh() {
    Kernels.active().tanh(x, y, 0, size);
    return y;
  }

  @Benchmark
  public float[] sigmoid() {
    Kernels.active().sigmoid(x, y, 0, size);
    return y;
  }

  @Benchmark
  public float[] gelu() {
    Kernels.active().gelu(x, y, 0, size);
    return y;
  }

  @Benchmark
  public float[] geluGradient() {
    Kernels.active().geluGradient(dy, x, y, 0, size);
    return y;
  }

  @Benchmark
  public float[] relu() {
    Kernels.active().affine(x, y, 0, size, 1f, 0f, 0f, Float.POSITIVE_INFINITY);
    return y;
  }

  @Benchmark
  public float[] reluGradient() {
    Kernels.active().limitedGradient(dy, x, y, 0, size, 1f, 0f, Float.POSITIVE_INFINITY);
    return y;
  }
}

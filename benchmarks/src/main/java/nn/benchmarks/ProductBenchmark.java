package nn.benchmarks;

import java.util.SplittableRandom;
import nn.core.NdArray;
import nn.core.Shape;
import nn.core.kernel.Kernels;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/// Matrix products in all transpositions. Against EJML: [MatmulBenchmark].
public class ProductBenchmark extends OnBothKernels {
  /// m, n, k.
  @Param({
      "64x64x64", "256x256x256", "1024x1024x1024", "64x512x512", "8x512x512", "1x1000x512",
      "64x3136x576", "512x49x4608"
  }) public String shape = "64x64x64";

  private int m;
  private int n;
  private int k;
  private float[] a = {};
  private float[] b = {};
  private float[] c = {};

  @Setup
  public void fill() {
    String[] extents = shape.split("x", -1);
    m = Integer.parseInt(extents[0]);
    n = Integer.parseInt(extents[1]);
    k = Integer.parseInt(extents[2]);
    a = NdArray.normal(Shape.of(m, k), 1, new SplittableRandom(1)).array();
    b = NdArray.normal(Shape.of(k, n), 1, new SplittableRandom(2)).array();
    c = new float[m * n];
  }

  @Benchmark
  public float[] plain() {
    Kernels.active().matmul(m, n, k, a, 0, b, 0, c, 0);
    return c;
  }

  @Benchmark
  public float[] secondTransposed() {
    Kernels.active().matmulTransposed(m, n, k, a, 0, b, 0, c, 0);
    return c;
  }

  @Benchmark
  public float[] firstTransposed() {
    Kernels.active().transposedMatmul(m, n, k, a, 0, b, 0, c, 0);
    return c;
  }
}

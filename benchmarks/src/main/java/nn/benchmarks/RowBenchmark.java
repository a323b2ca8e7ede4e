package nn.benchmarks;

import java.util.Arrays;
import java.util.SplittableRandom;
import nn.core.NdArray;
import nn.core.Shape;
import nn.core.kernel.Kernels;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/// Kernels over one row: reductions, the loops of batch norm; and over 64 rows, which they take together: softmax, layer norm.
public class RowBenchmark extends OnBothKernels {
  /// Numbers in a row; 49 is a channel of 7×7 pixels.
  @Param({"49", "1024"}) public int size = 49;

  private static final int ROWS = 64;

  private float[] x = {};
  private float[] dy = {};
  private float[] y = {};
  private float[] gamma = {};
  private float[] sumsOfColumns = {};
  private final float[] mean = new float[ROWS];
  private final float[] inverse = new float[ROWS];
  private final double[] sums = new double[2];

  @Setup
  public void fill() {
    x = NdArray.normal(Shape.of(ROWS, size), 1, new SplittableRandom(1)).array();
    dy = NdArray.normal(Shape.of(ROWS, size), 1, new SplittableRandom(2)).array();
    gamma = NdArray.normal(Shape.of(size), 1, new SplittableRandom(3)).array();
    y = new float[ROWS * size];
    sumsOfColumns = new float[2 * size];
    Arrays.fill(mean, 0.1f);
    Arrays.fill(inverse, 0.9f);
  }

  @Benchmark
  public float sum() {
    return Kernels.active().sum(x, 0, size);
  }

  @Benchmark
  public float sumOverRows() {
    return Kernels.active().sum(x, 0, size, ROWS, size);
  }

  @Benchmark
  public float squaresOverRows() {
    return Kernels.active().squares(x, 0, 0.1f, size, ROWS, size);
  }

  @Benchmark
  public float dot() {
    return Kernels.active().dot(x, 0, dy, 0, size);
  }

  @Benchmark
  public float centredDot() {
    return Kernels.active().centredDot(x, 0, 0.1f, dy, 0, 0.2f, size);
  }

  @Benchmark
  public float max() {
    return Kernels.active().max(x, 0, size);
  }

  @Benchmark
  public float[] softmax() {
    Kernels.active().softmax(x, y, 0, ROWS, size);
    return y;
  }

  @Benchmark
  public float[] softmaxGradient() {
    Kernels.active().softmaxGradient(dy, x, y, 0, ROWS, size);
    return y;
  }

  @Benchmark
  public float[] layerNorm() {
    Kernels.active().layerNorm(x, gamma, gamma, y, 0, ROWS, size, 1e-5f, mean, inverse);
    return y;
  }

  @Benchmark
  public float[] layerNormGradient() {
    Kernels.active().layerNormGradient(dy, x, gamma, y, 0, ROWS, size, mean, inverse);
    return y;
  }

  @Benchmark
  public float[] layerNormWeightGradients() {
    Kernels.active().layerNormWeightGradients(
        dy, x, 0, ROWS, size, mean, inverse, sumsOfColumns, 0);
    return sumsOfColumns;
  }

  @Benchmark
  public double batchNormSums() {
    Kernels.active().batchNormSums(
        x, dy, 0, size, ROWS, size, 0.9f, 0.1f, 0f, 6f, 0.1f, sums, 0);
    return sums[0];
  }

  @Benchmark
  public float[] batchNormGradient() {
    Kernels.active().batchNormGradient(x, dy, y, 0, size, 0.9f, 0.1f, 0f, 6f, 0.1f, 0.2f);
    return y;
  }
}

package nn.benchmarks;

import nn.core.kernel.Kernels;
import nn.core.kernel.Parallel;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/// What the machine can do at most, so that every other figure can be read as a share of it.
public class LimitBenchmark extends OnBothKernels {
  private static final long OPERATIONS = 1_000_000_000; // so GF/s are a thousand times a thread's runs in a millisecond
  private static final int SIZE = 1 << 25; // numbers of an array: far more than caches hold

  @Param({"1", "2"}) public int threads = 1;

  private float[] a = {};
  private float[] b = {};
  private float[] c = {};

  @Setup
  public void make() {
    Parallel.threads(threads);
    a = new float[SIZE];
    b = new float[SIZE];
    c = new float[SIZE];
  }

  /// 10⁹ multiplications and additions on each thread.
  @Benchmark
  public void multiplyAdds() {
    Kernels active = Kernels.active();
    Parallel.chunks(threads, _ -> active.multiplyAdds(OPERATIONS));
  }

  /// a = b + 3 · c: 403 megabytes go to and from memory.
  @Benchmark
  public float[] triad() {
    Parallel.range(
        SIZE,
        1 << 16,
        (from, to) -> {
          for (int i = from; i < to; i++) {
            a[i] = b[i] + 3f * c[i];
          }
        });
    return a;
  }
}

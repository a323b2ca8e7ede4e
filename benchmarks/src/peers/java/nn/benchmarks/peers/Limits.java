package nn.benchmarks.peers;

import nn.core.kernel.Kernels;
import nn.core.kernel.Parallel;

/// What the machine can do at most: multiplications and additions in registers, and bytes from memory.
final class Limits {
  private Limits() {}

  /// How long so many operations take if nothing but arithmetic had to be done.
  static long nanosAtPeak(long flops, int threads) {
    long start = System.nanoTime();
    Parallel.chunks(threads, _ -> Kernels.active().multiplyAdds(flops / threads));
    return System.nanoTime() - start;
  }

  /// Billions of operations in a second, the best of some runs.
  static double peak(int threads) {
    long flops = 2_000_000_000L * threads;
    long best = Long.MAX_VALUE;
    for (int i = 0; i < 20; i++) {
      best = Math.min(best, nanosAtPeak(flops, threads));
    }
    return (double) flops / best;
  }

  /// Gigabytes in a second of a = b + s · c over arrays far larger than the caches, counting 12 bytes an element.
  static double bandwidth() {
    int n = 1 << 25;
    float[] a = new float[n];
    float[] b = new float[n];
    float[] c = new float[n];
    long best = Long.MAX_VALUE;
    for (int i = 0; i < 12; i++) {
      long start = System.nanoTime();
      Parallel.range(
          n,
          1 << 16,
          (from, to) -> {
            for (int j = from; j < to; j++) {
              a[j] = b[j] + 3f * c[j];
            }
          });
      best = Math.min(best, System.nanoTime() - start);
    }
    return 12.0 * n / best;
  }
}

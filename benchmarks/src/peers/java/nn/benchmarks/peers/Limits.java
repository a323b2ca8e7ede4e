package nn.benchmarks.peers;

import java.util.List;
import nn.core.kernel.Kernels;
import nn.core.kernel.Parallel;

/// What the machine can do at most: multiplications and additions in registers, and bytes from memory.
final class Limits {
  private Limits() {}

  /// Says both, and who takes part: GF/s, GB/s, the kernels' name, PyTorch's version.
  public static void main(String[] arguments) {
    int threads = Integer.parseInt(arguments[0]);
    Parallel.threads(threads);
    Torch.threads(threads);
    Child.say(
        List.of(
            Double.toString(peak(threads)), Double.toString(bandwidth()), Kernels.active().name(),
            Torch.version()));
    System.exit(0); // native threads are of no use any more
  }

  /// How long so many operations take if nothing but arithmetic had to be done.
  static long nanosAtPeak(long flops, int threads) {
    long start = System.nanoTime();
    Parallel.chunks(threads, _ -> Kernels.active().multiplyAdds(flops / threads));
    return System.nanoTime() - start;
  }

  /// Billions of operations in a second.
  private static double peak(int threads) {
    long flops = 2_000_000_000L * threads;
    return (double) flops / best(() -> nanosAtPeak(flops, threads));
  }

  /// Gigabytes in a second of a = b + s · c over arrays far larger than the caches, counting 12 bytes an element.
  private static double bandwidth() {
    int n = 1 << 25;
    float[] a = new float[n];
    float[] b = new float[n];
    float[] c = new float[n];
    Timed triad =
        Timed.of(
            () -> Parallel.range(
                n,
                1 << 16,
                (from, to) -> {
                  for (int j = from; j < to; j++) {
                    a[j] = b[j] + 3f * c[j];
                  }
                }));
    return 12.0 * n / best(triad);
  }

  /// Nanoseconds of the fastest run: long enough for the code to be compiled.
  private static long best(Timed work) {
    long end = System.nanoTime() + 3_000_000_000L;
    long best = Long.MAX_VALUE;
    while (System.nanoTime() < end) {
      best = Math.min(best, work.run());
    }
    return best;
  }
}

package nn.core.kernel;

import java.util.function.IntConsumer;

/// Runs chunks of work on several threads. How the work is cut depends on its size alone, never on the number of
/// threads: that is why results have the same bits at any number of threads.
public final class Parallel {
  /// A loop over `from` ≤ i < `to`.
  @FunctionalInterface
  public interface Range {
    void run(int from, int to);
  }

  private Parallel() {}

  /// Runs `body` for each chunk number below `chunks`, in any order, on any threads, and returns when all are done.
  public static void chunks(int chunks, IntConsumer body) {
    for (int chunk = 0; chunk < chunks; chunk++) {
      body.accept(chunk);
    }
  }

  /// Runs an element-by-element loop over `n` elements in ranges of `grain` elements.
  public static void range(int n, int grain, Range body) {
    chunks((n + grain - 1) / grain, c -> body.run(c * grain, Math.min(n, (c + 1) * grain)));
  }
}

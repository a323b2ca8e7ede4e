package nn.cli;

import java.util.Arrays;
import java.util.function.LongSupplier;

/// How long a piece of work takes once the JVM has compiled it.
final class SteadyTime {
  private static final int ROUND = 5; // runs
  private static final double FASTER = 0.95; // of the round before: still warming up
  private static final double LONGEST_WARMUP = 60; // seconds
  private static final int MOST_RUNS = 100_000;

  private SteadyTime() {}

  /// Repeats the work for `seconds` at least, until a round of runs is no faster than the one before.
  ///
  /// @param clock nanoseconds
  /// @throws IllegalStateException if it goes on getting faster for a minute: a figure would say nothing
  static void warmUp(String name, Runnable work, double seconds, LongSupplier clock) {
    long start = clock.getAsLong();
    double before = Double.POSITIVE_INFINITY;
    while (true) {
      double[] round = new double[ROUND];
      for (int i = 0; i < ROUND; i++) {
        round[i] = time(work, clock);
      }
      double now = median(round);
      double elapsed = (clock.getAsLong() - start) / 1e9;
      if (now > FASTER * before && elapsed > seconds) {
        return;
      }
      if (elapsed > LONGEST_WARMUP) {
        throw new IllegalStateException(
            name + " is still getting faster after " + (int) LONGEST_WARMUP
                + " seconds: is the machine busy with something else?");
      }
      before = now;
    }
  }

  /// The median of the runs in `seconds` seconds, three runs at least.
  static double milliseconds(Runnable work, double seconds) {
    double[] times = new double[MOST_RUNS];
    int runs = 0;
    long end = System.nanoTime() + (long) (seconds * 1e9);
    while (runs < 3 || (runs < MOST_RUNS && System.nanoTime() < end)) {
      times[runs++] = time(work, System::nanoTime);
    }
    return median(Arrays.copyOf(times, runs));
  }

  private static double time(Runnable work, LongSupplier clock) {
    long start = clock.getAsLong();
    work.run();
    return (clock.getAsLong() - start) / 1e6;
  }

  private static double median(double[] times) {
    Arrays.sort(times);
    return times[times.length / 2];
  }
}

package nn.benchmarks;

import java.util.Arrays;

/// Whether times have settled. Vector code runs some hundred times slower until the JVM has compiled it, and a figure from
/// that time says nothing.
public final class Steady {
  private Steady() {}

  /// Whether the median of the later times is the median of the earlier ones, give or take `tolerance` of it.
  public static boolean same(double[] earlier, double[] later, double tolerance) {
    if (earlier.length == 0 || later.length == 0) {
      return false;
    }
    return Math.abs(median(later) / median(earlier) - 1) <= tolerance;
  }

  /// Whether the second half of the times is like the first; the time in the middle is in neither.
  public static boolean halves(double[] times, double tolerance) {
    int half = times.length / 2;
    return same(
        Arrays.copyOf(times, half), Arrays.copyOfRange(times, times.length - half, times.length),
        tolerance);
  }

  /// The value in the middle, or the mean of the two that are.
  public static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int n = sorted.length;
    return (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
  }
}

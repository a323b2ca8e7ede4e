package nn.benchmarks.peers;

import java.util.Arrays;

/// Times two sides in turns, so that whatever else the machine does meets both.
///
/// A side's worker threads look out for more work for a while after each run, and would take a processor from the other side:
/// so there is a pause before each turn, and a turn begins with a run that does not count.
final class Duel {
  private static final double STEADY = 1.15; // the first half may be so many times as slow as the second

  /// Medians in milliseconds, and the spread: a quarter of our times lie below, a quarter above.
  ///
  /// @param steady whether the first half of the rounds was as fast as the second: else the code was still being compiled
  record Result(double ours, double peer, double low, double high, boolean steady) {
    double ratio() {
      return peer / ours;
    }
  }

  private final double warmup; // seconds for each side
  private final double measured;

  Duel(boolean quick) {
    warmup = quick ? 0.6 : 1.5;
    measured = quick ? 0.6 : 1.2;
  }

  /// @throws IllegalStateException if the two do not compute the same
  Result fight(String name, Work.Sides sides) {
    agree(name, sides);
    for (int attempt = 0;; attempt++) {
      Result result = once(sides);
      if (result.steady || attempt == 3) {
        return result;
      }
    }
  }

  private Result once(Work.Sides sides) {
    repeat(sides.ours(), warmup);
    repeat(sides.peer(), warmup / 2);
    double[] ours = new double[1 << 14];
    double[] peer = new double[1 << 14];
    int rounds = 0;
    long end = System.nanoTime() + (long) (2 * measured * 1e9);
    while (rounds < 5 || (System.nanoTime() < end && rounds < ours.length)) {
      ours[rounds] = turn(sides.ours());
      peer[rounds] = turn(sides.peer());
      rounds++;
    }
    double first = median(Arrays.copyOfRange(ours, 0, rounds / 2));
    double second = median(Arrays.copyOfRange(ours, rounds / 2, rounds));
    double[] sorted = Arrays.copyOf(ours, rounds);
    Arrays.sort(sorted);
    return new Result(
        median(sorted), median(Arrays.copyOf(peer, rounds)), sorted[rounds / 4],
        sorted[rounds * 3 / 4], first < STEADY * second);
  }

  /// Milliseconds of a run, the mean of so many as make 10 milliseconds.
  private static double turn(Timed side) {
    try {
      Thread.sleep(5);
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted", e);
    }
    side.run();
    long nanos = 0;
    int runs = 0;
    while (nanos < 10_000_000 && runs < 1000) {
      nanos += side.run();
      runs++;
    }
    return nanos / 1e6 / runs;
  }

  private static void repeat(Timed work, double seconds) {
    long end = System.nanoTime() + (long) (seconds * 1e9);
    int runs = 0;
    while (System.nanoTime() < end || runs < 3) {
      work.run();
      runs++;
    }
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  private static void agree(String name, Work.Sides sides) {
    if (sides.ourResult() == null || sides.peerResult() == null) {
      return;
    }
    float[] ours = sides.ourResult().get();
    float[] peer = sides.peerResult().get();
    if (ours.length != peer.length) {
      throw new IllegalStateException(
          name + ": " + ours.length + " numbers against " + peer.length);
    }
    double largest = 0;
    double difference = 0;
    for (int i = 0; i < ours.length; i++) {
      largest = Math.max(largest, Math.abs(peer[i]));
      difference = Math.max(difference, Math.abs(ours[i] - peer[i]));
    }
    if (!(difference <= sides.tolerance() * largest)) {
      throw new IllegalStateException(
          name + ": results differ by " + difference + ", the largest is " + largest);
    }
  }
}

package nn.benchmarks.peers;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.DoubleStream;
import nn.benchmarks.Steady;

/// Times two sides in turns, so that whatever else the machine does meets both.
///
/// The turns are taken in windows. What counts are the first two windows in a row whose medians agree, on our side and on the
/// peer's, after a least time; if none do, the line is refused: the code was still being compiled, or the machine was not quiet.
///
/// A side's worker threads look out for more work for a while after each run, PyTorch's for up to ten milliseconds, and would
/// take a processor from the other side: so there is a pause before each turn. A turn begins with runs that do not count, at least
/// one: a worker that slept during the pause may be woken on its caller's processor, and Linux leaves it there for some milliseconds.
final class Duel {
  private static final double TOLERANCE = 0.05; // between the medians of two windows
  private static final int LEAST_ROUNDS = 5; // of a window
  private static final long PAUSE_MILLIS = 12;
  private static final long TURN_NANOS = 10_000_000; // of runs that do not count, and then of runs that do, at most 1000

  /// Vectors that are objects, as they are before C2 has compiled the code: a gigabyte of them in a second, and more. Arrays
  /// are handed out again in a pass, so honest garbage is far less.
  private static final double BOXED_BYTES_A_NANO = 0.3;

  private static final ThreadMXBean THREADS =
      (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /// How long a line takes, in seconds of both sides together.
  ///
  /// @param window of the two that count, and of those before
  /// @param least nothing counts whose last window ends earlier
  /// @param most if nothing is steady until then, it is refused
  record Pace(double window, double least, double most) {
    /// A network needs some dozen kernels compiled, each for some shapes; and where other guests keep the machine's host busy, minutes may
    /// pass until two windows agree.
    static Pace of(boolean network, boolean quick) {
      if (network) {
        return quick ? new Pace(1.5, 6, 30) : new Pace(4, 20, 180);
      }
      return quick ? new Pace(0.5, 2, 8) : new Pace(1, 4, 15);
    }
  }

  /// Milliseconds of each turn, and how much our side allocated.
  private record Window(double[] ours, double[] peer, double bytesANano) {
    boolean boxed() {
      return bytesANano > BOXED_BYTES_A_NANO;
    }
  }

  private final Pace pace;

  Duel(Pace pace) {
    this.pace = pace;
  }

  /// Compares the results, then the times.
  Outcome fight(Work.Sides sides) {
    String difference = difference(sides);
    if (!difference.isEmpty()) {
      return Outcome.refused(difference);
    }
    long start = System.nanoTime();
    Window before = new Window(new double[0], new double[0], 0);
    while (true) {
      Window window = window(sides);
      double seconds = (System.nanoTime() - start) / 1e9;
      boolean ours = Steady.same(before.ours, window.ours, TOLERANCE);
      boolean peer = Steady.same(before.peer, window.peer, TOLERANCE);
      if (ours && peer && !window.boxed() && seconds >= pace.least) {
        return outcome(both(before.ours, window.ours), both(before.peer, window.peer));
      }
      if (seconds >= pace.most) {
        return Outcome.refused(
            window.boxed()
                ? String.format(
                    Locale.ROOT, "still cold: %.1f GB of garbage in a second", window.bytesANano)
                : ours ? "the peer is not steady" : "still cold, or not steady");
      }
      before = window;
    }
  }

  private static Outcome outcome(double[] ours, double[] peer) {
    double[] sorted = ours.clone();
    Arrays.sort(sorted);
    return new Outcome(
        Steady.median(ours), Steady.median(peer), sorted[sorted.length / 4],
        sorted[sorted.length * 3 / 4], 0, "");
  }

  private static double[] both(double[] a, double[] b) {
    return DoubleStream.concat(Arrays.stream(a), Arrays.stream(b)).toArray();
  }

  private Window window(Work.Sides sides) {
    DoubleStream.Builder ours = DoubleStream.builder();
    DoubleStream.Builder peer = DoubleStream.builder();
    long bytes = 0;
    long nanos = 0;
    long end = System.nanoTime() + (long) (pace.window * 1e9);
    for (int rounds = 0; rounds < LEAST_ROUNDS || System.nanoTime() < end; rounds++) {
      pause();
      long allocated = THREADS.getTotalThreadAllocatedBytes();
      long start = System.nanoTime();
      ours.add(turn(sides.ours()));
      nanos += System.nanoTime() - start;
      bytes += THREADS.getTotalThreadAllocatedBytes() - allocated;
      pause();
      peer.add(turn(sides.peer()));
    }
    return new Window(
        ours.build().toArray(), peer.build().toArray(), (double) bytes / nanos);
  }

  /// Milliseconds of a run, the mean of so many as make a turn.
  private static double turn(Timed side) {
    long before = 0;
    while (before < TURN_NANOS) {
      before += side.run();
    }
    long nanos = 0;
    int runs = 0;
    while (nanos < TURN_NANOS && runs < 1000) {
      nanos += side.run();
      runs++;
    }
    return nanos / 1e6 / runs;
  }

  private static void pause() {
    try {
      Thread.sleep(PAUSE_MILLIS);
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted", e);
    }
  }

  /// How the results differ; empty if they do not.
  private static String difference(Work.Sides sides) {
    if (sides.ourResult() == null || sides.peerResult() == null) {
      return "";
    }
    float[] ours = sides.ourResult().get();
    float[] peer = sides.peerResult().get();
    if (ours.length != peer.length) {
      return "results differ: " + ours.length + " numbers against " + peer.length;
    }
    double largest = 0;
    double difference = 0;
    for (int i = 0; i < ours.length; i++) {
      largest = Math.max(largest, Math.abs(peer[i]));
      difference = Math.max(difference, Math.abs(ours[i] - peer[i]));
    }
    return difference <= sides.tolerance() * largest
        ? ""
        : "results differ by " + difference + ", the largest is " + largest;
  }
}

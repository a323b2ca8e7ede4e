package nn.benchmarks.peers;

/// A piece of work that says how long the part of it took that counts.
@FunctionalInterface
interface Timed {
  /// Does the work once, and returns nanoseconds.
  long run();

  /// All of it counts.
  static Timed of(Runnable work) {
    return () -> {
      long start = System.nanoTime();
      work.run();
      return System.nanoTime() - start;
    };
  }
}

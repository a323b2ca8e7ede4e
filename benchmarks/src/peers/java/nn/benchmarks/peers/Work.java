package nn.benchmarks.peers;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// One line of the comparison.
///
/// @param group what lines have a target together
/// @param name the line in its group
/// @param peer who else does it
/// @param target the least ratio of the peer's time and ours; 0 if none is set
/// @param network whether it is a whole network: those get a process for each line, and longer to warm up, as one network's
///   shapes spoil the code that was compiled for another's. Kernels share a process with their group.
/// @param flops operations of one run, 0 if they say nothing; called after the line was measured
/// @param bytes of the operands and results of one run, each counted once; 0 where arithmetic sets the pace
/// @param prepare makes both sides; called when the line's turn comes, as the lines together would not fit into memory
record Work(
    String group, String name, String peer, double target, boolean network,
    DoubleSupplier flops, double bytes, Supplier<Sides> prepare) {

  /// A kernel that computes much for each number.
  static Work arithmetic(
      String group, String name, String peer, double target, double flops,
      Supplier<Sides> prepare) {
    return new Work(group, name, peer, target, false, () -> flops, 0, prepare);
  }

  static Work network(
      String group, String name, String peer, double target, DoubleSupplier flops,
      Supplier<Sides> prepare) {
    return new Work(group, name, peer, target, true, flops, 0, prepare);
  }

  static List<Work> all(int threads) {
    List<Work> all = new ArrayList<>();
    all.addAll(Networks.all(threads));
    all.addAll(Convolutions.all());
    all.addAll(Elementwise.all());
    all.addAll(Matrices.all(threads));
    return all;
  }

  /// Whether the two are measured in one process.
  boolean together(Work other) {
    return !network && !other.network && group.equals(other.group);
  }

  /// @param ours our result and the peer's agree if the largest difference is below `tolerance` of the largest number; both
  ///   null if there is nothing to compare
  record Sides(
      Timed ours, Timed peer, @Nullable Supplier<float[]> ourResult,
      @Nullable Supplier<float[]> peerResult, double tolerance, Runnable close) {
    Sides(Timed ours, Timed peer, Supplier<float[]> ourResult, Supplier<float[]> peerResult,
        Runnable close) {
      this(ours, peer, ourResult, peerResult, 1e-4, close);
    }
  }
}

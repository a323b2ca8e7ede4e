package nn.benchmarks.peers;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// One line of the comparison.
///
/// @param group what lines have a target together
/// @param name the line in its group
/// @param peer who else does it
/// @param target the least ratio of the peer's time and ours
/// @param flops operations of one run, 0 if they say nothing
/// @param prepare makes both sides; called when the line's turn comes, as the lines together would not fit into memory
record Work(
    String group, String name, String peer, double target, double flops, Supplier<Sides> prepare) {

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

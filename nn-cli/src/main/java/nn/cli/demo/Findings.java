package nn.cli.demo;

import java.util.List;

/// What the demonstration measured, and what follows from it.
///
/// @param carAccuracy how well the car networks tell cars from other things, over the seeds
/// @param unchangedAccuracy how well the car networks, as they are, tell trucks from other things: without learning
/// @param rows the comparison, by growing number of examples
/// @param transferredParameters how many numbers were trained in the transferred network
/// @param parameters how many numbers the network has, all of which were trained from scratch
/// @param frozenTensors how many tensors were frozen in each transfer and proven to be unchanged
public record Findings(
    Spread carAccuracy,
    Spread unchangedAccuracy,
    List<Row> rows,
    long transferredParameters,
    long parameters,
    int frozenTensors) {
  public Findings {
    rows = List.copyOf(rows);
  }

  /// Does the transfer help?
  public enum Verdict {
    /// Its accuracy is higher by more than twice the uncertainty.
    HELPS("yes"),
    /// The difference is within twice the uncertainty.
    UNCLEAR("no clear difference"),
    /// Its accuracy is lower by more than twice the uncertainty.
    HARMS("no, it is worse");

    private final String text;

    Verdict(String text) {
      this.text = text;
    }

    @Override
    public String toString() {
      return text;
    }
  }

  /// The comparison at one number of examples.
  ///
  /// @param examples how many pictures of each class were learned from
  /// @param transferred the accuracy with the car network's frozen convolutions
  /// @param scratch the accuracy of the same network that knew nothing
  /// @param gain the first minus the second, seed by seed
  /// @param transferredSeconds how long one training took
  /// @param scratchSeconds how long one training took
  public record Row(
      int examples,
      Spread transferred,
      Spread scratch,
      Spread gain,
      double transferredSeconds,
      double scratchSeconds) {
    /// What the numbers say.
    public Verdict verdict() {
      double uncertainty = 2 * gain.error();
      if (gain.mean() > uncertainty) {
        return Verdict.HELPS;
      }
      return gain.mean() < -uncertainty ? Verdict.HARMS : Verdict.UNCLEAR;
    }
  }

  /// The claim of the demonstration: with the fewest examples, what was learned from cars helps with trucks.
  public boolean claimHolds() {
    return rows.getFirst().verdict() == Verdict.HELPS;
  }
}

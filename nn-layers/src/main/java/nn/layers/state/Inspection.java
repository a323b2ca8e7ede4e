package nn.layers.state;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// What can be seen of a tensor without knowing the network: its range, and what is suspicious about it.
///
/// @param min the smallest number that is not NaN; NaN if there is none
/// @param max the largest number that is not NaN; NaN if there is none
/// @param mean over the finite numbers
/// @param deviation over the finite numbers
/// @param notANumber how many are NaN
/// @param infinite how many are infinite
/// @param sha256 of the stored bytes
/// @param suspicions what a reader should look at; empty if nothing
public record Inspection(
    StoredTensor tensor,
    double min,
    double max,
    double mean,
    double deviation,
    long notANumber,
    long infinite,
    String sha256,
    List<String> suspicions) {

  /// Looks at every number of a tensor.
  public static Inspection of(StoredTensor tensor) throws IOException {
    Tally tally = new Tally();
    tensor.each(tally::add);
    long finite = tally.count - tally.notANumber - tally.infinite;
    double mean = finite == 0 ? Double.NaN : tally.sum / finite;
    double variance = finite == 0 ? Double.NaN : tally.squares / finite - mean * mean;
    List<String> suspicions = new ArrayList<>();
    if (tally.notANumber > 0) {
      suspicions.add(tally.notANumber + " NaN");
    }
    if (tally.infinite > 0) {
      suspicions.add(tally.infinite + " infinite");
    }
    if (tally.count == 0) {
      suspicions.add("empty");
    } else if (finite == tally.count && tensor.dtype().isFloat()) {
      if (tally.count > 1 && tally.min == tally.max) {
        suspicions.add(tally.min == 0 ? "all zero" : "all " + tally.min);
      }
      if (Math.max(-tally.min, tally.max) > 1e4) {
        suspicions.add("very large numbers");
      }
      if (tensor.name().endsWith("running_var") && tally.min < 0) {
        suspicions.add("a negative variance");
      }
    }
    if (tally.denormal > 0) {
      suspicions.add(tally.denormal + " denormal");
    }
    return new Inspection(
        tensor,
        tally.min,
        tally.max,
        mean,
        Math.sqrt(Math.max(0, variance)),
        tally.notANumber,
        tally.infinite,
        tensor.sha256(),
        List.copyOf(suspicions));
  }

  private static final class Tally {
    long count;
    long notANumber;
    long infinite;
    long denormal;
    double sum;
    double squares;
    double min = Double.NaN;
    double max = Double.NaN;

    void add(double value) {
      count++;
      if (Double.isNaN(value)) {
        notANumber++;
        return;
      }
      min = Double.isNaN(min) ? value : Math.min(min, value);
      max = Double.isNaN(max) ? value : Math.max(max, value);
      if (Double.isInfinite(value)) {
        infinite++;
        return;
      }
      denormal += value != 0 && Math.abs(value) < Float.MIN_NORMAL ? 1 : 0;
      sum += value;
      squares += value * value;
    }
  }
}

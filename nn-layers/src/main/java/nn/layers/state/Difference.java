package nn.layers.state;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// How one tensor differs between two files.
///
/// @param name the name in both
/// @param kind whether and how they differ
/// @param largest the largest |b − a|; 0 if they are not comparable
/// @param mean the mean |b − a|; 0 if they are not comparable
/// @param relative √(Σ (b − a)² / Σ a²), how far the tensor has moved as a share of its length; 0 if not comparable
public record Difference(String name, Kind kind, double largest, double mean, double relative) {
  /// Whether and how two tensors differ.
  public enum Kind {
    /// The same bits.
    IDENTICAL,
    /// The same shape, other numbers (or the same in another precision).
    MOVED,
    /// Other shapes.
    RESHAPED,
    /// Only the first file has it.
    ONLY_IN_A,
    /// Only the second file has it.
    ONLY_IN_B
  }

  /// Compares two states, tensor by tensor, in the order of the first.
  public static List<Difference> between(StateDict a, StateDict b) throws IOException {
    List<Difference> differences = new ArrayList<>();
    for (StoredTensor tensor : a.tensors()) {
      StoredTensor other = b.find(tensor.name()).orElse(null);
      differences.add(
          other == null ? bare(tensor.name(), Kind.ONLY_IN_A) : between(tensor, other));
    }
    for (StoredTensor tensor : b.tensors()) {
      if (a.find(tensor.name()).isEmpty()) {
        differences.add(bare(tensor.name(), Kind.ONLY_IN_B));
      }
    }
    return differences;
  }

  private static Difference bare(String name, Kind kind) {
    return new Difference(name, kind, 0, 0, 0);
  }

  private static Difference between(StoredTensor a, StoredTensor b) throws IOException {
    if (!Arrays.equals(a.extents(), b.extents())) {
      return bare(a.name(), Kind.RESHAPED);
    }
    if (a.dtype() == b.dtype() && a.sha256().equals(b.sha256())) {
      return bare(a.name(), Kind.IDENTICAL);
    }
    Distance distance = new Distance();
    StoredTensor.eachPair(a, b, distance::add);
    return new Difference(
        a.name(), Kind.MOVED, distance.largest, distance.mean(), distance.relative());
  }

  private static final class Distance {
    private long count;
    private double largest;
    private double sum;
    private double squares;
    private double length;

    void add(double from, double to) {
      // The same number is no distance away, also where it is infinite or none.
      double distance = Double.compare(from, to) == 0 ? 0 : Math.abs(to - from);
      count++;
      largest = Math.max(largest, distance);
      sum += distance;
      squares += distance * distance;
      length += from * from;
    }

    double mean() {
      return count == 0 ? 0 : sum / count;
    }

    double relative() {
      if (squares == 0) {
        return 0;
      }
      return length == 0 ? Double.POSITIVE_INFINITY : Math.sqrt(squares / length);
    }
  }
}

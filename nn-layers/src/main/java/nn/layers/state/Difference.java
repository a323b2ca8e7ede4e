package nn.layers.state;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import nn.core.NdArray;

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
    NdArray before = a.toArray();
    NdArray after = b.toArray();
    float[] from = before.array();
    float[] to = after.array();
    double largest = 0;
    double sum = 0;
    double squares = 0;
    double length = 0;
    for (int i = 0; i < from.length; i++) {
      double distance = Math.abs((double) to[i] - from[i]);
      largest = Math.max(largest, distance);
      sum += distance;
      squares += distance * distance;
      length += (double) from[i] * from[i];
    }
    double relative =
        length == 0 ? (squares == 0 ? 0 : Double.POSITIVE_INFINITY) : Math.sqrt(squares / length);
    return new Difference(
        a.name(), Kind.MOVED, largest, from.length == 0 ? 0 : sum / from.length, relative);
  }
}

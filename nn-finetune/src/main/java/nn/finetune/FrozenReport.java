package nn.finetune;

import java.util.List;

/// What a [FrozenProof] found.
///
/// @param tensors how many tensors were frozen, all the time or a part of it: parameters and
///   buffers
/// @param bytes how many bytes they have together
/// @param changed the paths of those that changed while they were frozen
public record FrozenReport(int tensors, long bytes, List<String> changed) {
  public FrozenReport {
    changed = List.copyOf(changed);
  }

  /// Whether everything is, bit for bit, as it was when it was frozen.
  public boolean unchanged() {
    return changed.isEmpty();
  }

  /// `62 frozen tensors (44.7 MB) are unchanged, by SHA-256`.
  @Override
  public String toString() {
    if (tensors == 0) {
      return "nothing was frozen";
    }
    if (!unchanged()) {
      return "of "
          + tensors
          + " frozen tensors "
          + changed.size()
          + " changed: "
          + String.join(", ", changed);
    }
    return tensors
        + (tensors == 1 ? " frozen tensor (" : " frozen tensors (")
        + size()
        + (tensors == 1 ? ") is" : ") are")
        + " unchanged, by SHA-256";
  }

  private String size() {
    if (bytes < 1000) {
      return bytes + " bytes";
    }
    long tenths = bytes < 1_000_000 ? bytes / 100 : bytes / 100_000;
    return tenths / 10 + "." + tenths % 10 + (bytes < 1_000_000 ? " kB" : " MB");
  }
}

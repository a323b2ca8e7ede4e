package nn.layers.state;

import java.util.List;
import java.util.Locale;

/// What loading does, or did, with each tensor.
///
/// @param rows one for each tensor of the network, then one for each of the file that has no place
public record LoadingReport(List<Row> rows) {
  /// What becomes of a tensor.
  public enum Outcome {
    /// Bit for bit.
    LOADED,
    /// Converted from another kind of number.
    CAST,
    /// The network has it, the file does not or with another shape, and that was allowed: it stays as it is.
    KEPT,
    /// The file has it, the network does not, and that was allowed.
    IGNORED,
    /// The network has it, the file does not.
    MISSING,
    /// The file has it, the network does not.
    UNEXPECTED,
    /// Both have it, with different shapes.
    MISMATCHED;

    /// Whether this keeps the loading from happening.
    public boolean isProblem() {
      return this == MISSING || this == UNEXPECTED || this == MISMATCHED;
    }
  }

  /// One tensor.
  ///
  /// @param name the name in the network; for one that has no place there, the name in the file
  /// @param fileName the name in the file; empty if the file does not have it
  /// @param outcome what becomes of it
  /// @param detail shapes, kinds of number, or a similar name
  public record Row(String name, String fileName, Outcome outcome, String detail) {
    @Override
    public String toString() {
      String renamed =
          fileName.isEmpty() || fileName.equals(name) ? "" : " (in the file: " + fileName + ")";
      return outcome.name().toLowerCase(Locale.ROOT)
          + " " + name + renamed + (detail.isEmpty() ? "" : ": " + detail);
    }
  }

  public LoadingReport {
    rows = List.copyOf(rows);
  }

  /// The rows that keep the loading from happening.
  public List<Row> problems() {
    return rows.stream().filter(row -> row.outcome().isProblem()).toList();
  }

  /// How many tensors have this outcome.
  public int count(Outcome outcome) {
    return (int) rows.stream().filter(row -> row.outcome() == outcome).count();
  }

  /// What stands before every name in the file and before none in the network, such as a wrapper's `module.`; empty if
  /// nothing.
  public String prefix() {
    String prefix = "";
    for (Row row : rows) {
      int length = row.fileName().length() - row.name().length();
      if (row.fileName().isEmpty()) {
        continue; // the file does not have it
      }
      if (length <= 0 || !row.fileName().endsWith(row.name())) {
        return "";
      }
      String before = row.fileName().substring(0, length);
      if (!prefix.isEmpty() && !prefix.equals(before)) {
        return "";
      }
      prefix = before;
    }
    return prefix;
  }

  /// One line that counts, one for a prefix that was taken off, and one for each tensor that was not simply loaded.
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (Outcome outcome : Outcome.values()) {
      int count = count(outcome);
      if (count > 0) {
        text.append(text.isEmpty() ? "" : ", ")
            .append(count)
            .append(' ')
            .append(outcome.name().toLowerCase(Locale.ROOT));
      }
    }
    String prefix = prefix();
    if (!prefix.isEmpty()) {
      text.append("\n  the file's names without '").append(prefix).append('\'');
    }
    for (Row row : rows) {
      boolean renamed = prefix.isEmpty() && !row.fileName().equals(row.name());
      if (row.outcome() != Outcome.LOADED || renamed) {
        text.append("\n  ").append(row);
      }
    }
    return text.toString();
  }
}

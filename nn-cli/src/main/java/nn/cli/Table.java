package nn.cli;

import java.util.ArrayList;
import java.util.List;

/// Rows of text in aligned columns: words to the left, numbers to the right.
final class Table {
  private final List<String> heads;
  private final List<List<String>> rows = new ArrayList<>();

  Table(String... heads) {
    this.heads = List.of(heads);
  }

  /// Adds a row.
  ///
  /// @return this table
  Table row(Object... cells) {
    if (cells.length != heads.size()) {
      throw new IllegalArgumentException(
          cells.length + " cells for " + heads.size() + " columns");
    }
    List<String> row = new ArrayList<>();
    for (Object cell : cells) {
      row.add(String.valueOf(cell));
    }
    rows.add(row);
    return this;
  }

  /// The table, each line ended, without trailing blanks.
  @Override
  public String toString() {
    int columns = heads.size();
    int[] widths = new int[columns];
    boolean[] right = new boolean[columns];
    for (int c = 0; c < columns; c++) {
      int column = c;
      widths[c] =
          Math.max(
              heads.get(c).length(),
              rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0));
      right[c] =
          !rows.isEmpty() && rows.stream().allMatch(row -> looksLikeNumber(row.get(column)));
    }
    StringBuilder text = new StringBuilder();
    if (heads.stream().anyMatch(head -> !head.isEmpty())) {
      line(heads, widths, right, text);
    }
    rows.forEach(row -> line(row, widths, right, text));
    return text.toString();
  }

  private static void line(List<String> cells, int[] widths, boolean[] right, StringBuilder text) {
    StringBuilder line = new StringBuilder();
    for (int c = 0; c < widths.length; c++) {
      String blanks = " ".repeat(widths[c] - cells.get(c).length());
      line.append(c == 0 ? "" : "  ");
      line.append(right[c] ? blanks + cells.get(c) : cells.get(c) + blanks);
    }
    text.append(line.toString().stripTrailing()).append('\n');
  }

  private static boolean looksLikeNumber(String cell) {
    return cell.isEmpty() || cell.equals("-") || "+-−.0123456789".indexOf(cell.charAt(0)) >= 0;
  }
}

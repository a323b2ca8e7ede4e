package nn.core.kernel;

/// A block of some rows of tiles, counted through all images, so that it may begin within one and end within another, and the order in which its
/// tiles lie. A tile at the lower or the right edge of an image, of which not all outputs are wanted, may do without some points
/// ([WinogradForm#needs]). So tiles lie such that those that need a point are neighbours: first the short ones of the last column, then the whole
/// ones, the short ones of the last rows, and the corners.
final class TileOrder {
  /// The block's first row of tiles.
  final int first;

  /// The row behind its last.
  final int end;

  /// Rows of tiles in an image.
  final int rows;

  /// Tiles in a row.
  final int columns;

  private final WinogradForm form;
  private final int lastRow; // outputs that are wanted of a tile in the last row of an image
  private final int lastColumn; // and in the last column
  private final int wholeColumns; // all, or all but the last
  private final int shorts; // rows of short tiles in the block
  private final int others;

  /// @param height outputs of an image
  /// @param width outputs of an image's row
  TileOrder(WinogradForm form, int height, int width, int first, int end) {
    this.form = form;
    this.first = first;
    this.end = end;
    rows = Math.ceilDiv(height, form.outputs());
    columns = Math.ceilDiv(width, form.outputs());
    lastRow = height - (rows - 1) * form.outputs();
    lastColumn = width - (columns - 1) * form.outputs();
    wholeColumns = width / form.outputs();
    shorts = shortsBefore(end);
    others = end - first - shorts;
  }

  int tiles() {
    return (end - first) * columns;
  }

  /// Where the tiles of a row begin, less a short one in the last column.
  int row(int row) {
    return isShort(row)
        ? others * columns + shortsBefore(row) * wholeColumns
        : others * (columns - wholeColumns) + othersBefore(row) * wholeColumns;
  }

  /// Where a row's tile in the last column is.
  int last(int row) {
    return wholeColumns == columns ? row(row) + columns - 1
        : isShort(row) ? others * columns + shorts * wholeColumns + shortsBefore(row)
        : othersBefore(row);
  }

  /// The first tile that needs the product of a place.
  int start(int place) {
    return needsColumn(place) ? 0 : others * (columns - wholeColumns);
  }

  /// Behind the last tile that needs it.
  int end(int place) {
    int needed = form.needs(place / form.points(), lastRow) ? shorts : 0;
    return others * columns + needed * (needsColumn(place) ? columns : wholeColumns);
  }

  private boolean needsColumn(int place) {
    return form.needs(place % form.points(), lastColumn);
  }

  private boolean isShort(int row) {
    return lastRow < form.outputs() && row % rows == rows - 1;
  }

  /// Rows of short tiles before a row.
  private int shortsBefore(int row) {
    return lastRow < form.outputs() ? row / rows - first / rows : 0;
  }

  private int othersBefore(int row) {
    return row - first - shortsBefore(row);
  }
}

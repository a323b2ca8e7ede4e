package nn.core.kernel;

/// A block of some rows of tiles, counted through all images, so that it may begin within one and end within another, and the order in which its
/// tiles lie. A tile at the lower or the right
/// edge of an image, of which not all outputs are wanted, may do without some points ([WinogradForm#needs]). So tiles lie such that those that need
/// a point are neighbours: first the short ones of the last column, then the whole ones, the short ones of the last rows, and the corners.
///
/// @param height outputs of an image
/// @param width outputs of an image's row
/// @param first row of tiles
/// @param end row behind the last
record TileOrder(WinogradForm form, int height, int width, int first, int end) {

  /// Rows of tiles in an image.
  int rows() {
    return Math.ceilDiv(height, form.outputs());
  }

  /// Tiles in a row.
  int columns() {
    return Math.ceilDiv(width, form.outputs());
  }

  int tiles() {
    return (end - first) * columns();
  }

  /// Where the tiles of a row begin, less a short one in the last column.
  int row(int row) {
    return isShort(row)
        ? othersBefore(end) * columns() + shortsBefore(row) * wholeColumns()
        : othersBefore(end) * (columns() - wholeColumns()) + othersBefore(row) * wholeColumns();
  }

  /// Where a row's tile in the last column is.
  int last(int row) {
    return wholeColumns() == columns() ? row(row) + columns() - 1
        : isShort(row)
            ? othersBefore(end) * columns() + shortsBefore(end) * wholeColumns()
                + shortsBefore(row)
        : othersBefore(row);
  }

  /// The first tile that needs the product of a place.
  int start(int place) {
    return needsColumn(place) ? 0 : othersBefore(end) * (columns() - wholeColumns());
  }

  /// Behind the last tile that needs it.
  int end(int place) {
    int shorts = needsRow(place) ? shortsBefore(end) : 0;
    return othersBefore(end) * columns()
        + shorts * (needsColumn(place) ? columns() : wholeColumns());
  }

  private boolean needsRow(int place) {
    return form.needs(place / form.points(), height - (rows() - 1) * form.outputs());
  }

  private boolean needsColumn(int place) {
    return form.needs(place % form.points(), width - (columns() - 1) * form.outputs());
  }

  private int wholeColumns() {
    return width / form.outputs();
  }

  private boolean isShort(int row) {
    return height % form.outputs() > 0 && row % rows() == rows() - 1;
  }

  /// Rows of short tiles before a row.
  private int shortsBefore(int row) {
    return height % form.outputs() > 0 ? row / rows() - first / rows() : 0;
  }

  private int othersBefore(int row) {
    return row - first - shortsBefore(row);
  }
}

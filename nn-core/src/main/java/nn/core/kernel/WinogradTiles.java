package nn.core.kernel;

import java.util.Arrays;

/// The tiles of one side of a convolution by [WinogradForm]. Rows of tiles are counted through all images.
///
/// @param channels a multiple of the vector's lanes
/// @param padding how far the first tile begins outside of the image
/// @param side what a tile is, along each dimension
record WinogradTiles(int channels, int height, int width, int padding, WinogradSide side) {
  private static final int L = VectorTransforms.lanes();

  /// The first of so many rows that is in a block, of blocks that differ by a row at most.
  static int start(int rows, int block, int blocks) {
    return (int) ((long) rows * block / blocks);
  }

  /// Transforms L channels of a block's tiles: number p of what the n-th tile becomes goes to `at + n·step + p·plane`.
  ///
  /// @param block which L channels
  void transform(
      float[] x, TileOrder order, int block, float[] to, int at, int step, int plane) {
    int reach = side.reach();
    int apart = side.apart();
    int columns = order.columns;
    float[] half = Scratch.TILE.floats(side.mapped() * reach * L);
    int across = (columns - 1) * apart + reach; // pixels that the tiles of a row reach
    int row = order.first;
    while (row < order.end) { // image by image
      int image = row / order.rows;
      int next = Math.min(order.end, (image + 1) * order.rows);
      int down = (next - row - 1) * apart + reach;
      float[] byPixel = Scratch.IMAGE.floats(down * across * L);
      copy(
          x, image * channels + block * L, row % order.rows * apart - padding, down, across,
          byPixel);
      for (int y = 0; row < next; row++, y += apart) {
        int n = order.row(row);
        for (int column = 0; column < columns; column++, n++) {
          n = column == columns - 1 ? order.last(row) : n;
          side.map().map(
              byPixel, (y * across + column * apart) * L, L, across * L, half, to, at + n * step,
              plane);
        }
      }
    }
  }

  /// L planes from `plane` on, pixel by pixel, with zeros around: `count` rows from row `top` on, which may be negative, of `across`
  /// pixels, which are no fewer than the image's with its padding on the left.
  private void copy(float[] x, int plane, int top, int count, int across, float[] byPixel) {
    int area = height * width;
    boolean direct = width >= L; // rows are too short otherwise: all of them at once first
    int from = Math.max(0, top);
    int pixels = Math.max(0, Math.min(height, top + count) - from) * width;
    float[] whole = direct ? x : Scratch.PLANES.floats(pixels * L);
    if (!direct) {
      VectorTranspose.transpose(
          L, pixels, x, plane * area + from * width, area, whole, 0, L, false);
    }
    for (int i = 0; i < count; i++) {
      int y = top + i;
      int at = i * across * L;
      if (y < 0 || y >= height) {
        Arrays.fill(byPixel, at, at + across * L, 0f);
        continue;
      }
      int to = at + padding * L;
      Arrays.fill(byPixel, at, to, 0f);
      if (direct) {
        VectorTranspose.transpose(
            L, width, x, plane * area + y * width, area, byPixel, to, L, false);
      } else {
        System.arraycopy(whole, (y - from) * width * L, byPixel, to, width * L);
      }
      Arrays.fill(byPixel, to + width * L, at + across * L, 0f);
    }
  }
}

package nn.core.kernel;

import java.util.Arrays;

/// The tiles of one side of a convolution by [VectorTransforms]: of the inputs 6×6, of the outputs' gradients 4×4, both 4
/// apart. Rows of tiles are counted through all images.
///
/// @param channels a multiple of the vector's lanes
/// @param padding how far the first tile begins outside of the image
/// @param reach the side of a tile: 6 or 4
/// @param rows rows of tiles in an image
/// @param columns tiles in a row
record WinogradTiles(
    int channels, int height, int width, int padding, int reach, int rows, int columns) {
  private static final int L = VectorTransforms.lanes();

  /// The first of so many rows that is in a block, of blocks that differ by a row at most.
  static int start(int rows, int block, int blocks) {
    return (int) ((long) rows * block / blocks);
  }

  /// Transforms L channels of the tiles in the rows from `first` to before `end`: the vector for place p of the n-th tile
  /// goes to `at + n·step + p·place`.
  ///
  /// @param block which L channels
  void transform(
      float[] x, int first, int end, int block, float[] to, int at, int step, int place) {
    float[] half = Scratch.TILE.floats(6 * reach * L);
    int across = (columns - 1) * 4 + reach; // pixels that the tiles of a row reach
    int next;
    for (int row = first; row < end; row = next) { // image by image
      next = Math.min(end, (row / rows + 1) * rows);
      int down = (next - row - 1) * 4 + reach;
      float[] byPixel = Scratch.IMAGE.floats(down * across * L);
      copy(x, row / rows * channels + block * L, row % rows * 4 - padding, down, across, byPixel);
      for (int y = 0; row < next; row++, y += 4) {
        for (int column = 0; column < columns; column++, at += step) {
          int from = (y * across + column * 4) * L;
          if (reach == 6) {
            VectorTransforms.input(6, byPixel, from, L, across * L, half, 0, L, 6 * L);
            VectorTransforms.input(6, half, 0, 6 * L, L, to, at, 6 * place, place);
          } else {
            VectorTransforms.outputGradient(4, byPixel, from, L, across * L, half, 0, L, 4 * L);
            VectorTransforms.outputGradient(6, half, 0, 4 * L, L, to, at, 6 * place, place);
          }
        }
      }
    }
  }

  /// L planes from `plane` on, pixel by pixel, with zeros around: `count` rows from row `top` on, which may be negative, of `across`
  /// pixels.
  private void copy(float[] x, int plane, int top, int count, int across, float[] byPixel) {
    int area = height * width;
    int seen = Math.min(width, across - padding);
    boolean direct = seen >= L; // rows are too short otherwise: all of them at once first
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
            L, seen, x, plane * area + y * width, area, byPixel, to, L, false);
      } else {
        System.arraycopy(whole, (y - from) * width * L, byPixel, to, seen * L);
      }
      Arrays.fill(byPixel, to + seen * L, at + across * L, 0f);
    }
  }
}

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

  /// Transforms L channels of the tiles in the rows from `first` to before `end`: the vector for place p of the n-th tile
  /// goes to `at + n·step + p·place`.
  ///
  /// @param block which L channels
  void transform(
      float[] x, int first, int end, int block, float[] to, int at, int step, int place) {
    float[] half = Scratch.TILE.floats(6 * reach * L);
    float[] edge = Scratch.LANES.floats(reach * reach * L);
    int area = height * width;
    int next;
    for (int row = first; row < end; row = next) { // image by image
      int image = row / rows;
      next = Math.min(end, (image + 1) * rows);
      int top = Math.max(0, row % rows * 4 - padding);
      int bottom = Math.min(height, (next - 1) % rows * 4 + reach - padding);
      int pixels = Math.max(0, bottom - top) * width;
      float[] byPixel = Scratch.IMAGE.floats(pixels * L);
      int pitch = pixels + L;
      float[] planes = Scratch.PLANES.floats(L * pitch);
      for (int lane = 0; lane < L; lane++) {
        System.arraycopy(
            x, (image * channels + block * L + lane) * area + top * width, planes, lane * pitch,
            pixels);
      }
      VectorTranspose.transpose(L, pixels, planes, 0, pitch, byPixel, 0, L, false);
      for (int y = row % rows * 4 - padding; row < next; row++, y += 4) {
        for (int column = 0; column < columns; column++, at += step) {
          int left = column * 4 - padding;
          boolean inside = y >= 0 && y + reach <= height && left >= 0 && left + reach <= width;
          if (!inside) {
            copyEdge(byPixel, y, top, left, edge);
          }
          float[] from = inside ? byPixel : edge;
          int fromAt = inside ? ((y - top) * width + left) * L : 0;
          int down = (inside ? width : reach) * L;
          if (reach == 6) {
            VectorTransforms.input(6, from, fromAt, L, down, half, 0, L, 6 * L);
            VectorTransforms.input(6, half, 0, 6 * L, L, to, at, 6 * place, place);
          } else {
            VectorTransforms.outputGradient(4, from, fromAt, L, down, half, 0, L, 4 * L);
            VectorTransforms.outputGradient(6, half, 0, 4 * L, L, to, at, 6 * place, place);
          }
        }
      }
    }
  }

  /// A tile that reaches beyond the image, with zeros there.
  private void copyEdge(float[] byPixel, int y, int top, int left, float[] edge) {
    Arrays.fill(edge, 0, reach * reach * L, 0f);
    int from = Math.max(0, left);
    int end = Math.min(width, left + reach);
    for (int i = Math.max(0, -y); i < Math.min(reach, height - y) && from < end; i++) {
      System.arraycopy(
          byPixel, ((y + i - top) * width + from) * L, edge, (i * reach + from - left) * L,
          (end - from) * L);
    }
  }
}

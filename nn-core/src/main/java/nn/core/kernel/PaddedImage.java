package nn.core.kernel;

import java.util.Arrays;

/// Copies some rows of an image's planes with the zeros around them spelled out, so that the loops over taps need not ask
/// where the image ends.
///
/// With a step of s, column x of a row goes to place x / s of the (x mod s)-th sub-plane, and rows likewise: what neighbouring
/// output pixels read then lies next to each other whatever the step, from row to row as well.
///
/// @param height rows of a sub-plane
/// @param width numbers in a row of a sub-plane
/// @param left zeros before column 0; if negative, columns left out
/// @param down the vertical step
/// @param step the horizontal step
record PaddedImage(int height, int width, int left, int down, int step) {
  /// How many numbers one channel takes.
  int plane() {
    return height * width * down * step;
  }

  /// Where the column `x`, counted from the first zero, of row `y` stands in its channel's plane.
  int at(int y, int x) {
    return ((x % step * down + y % down) * height + y / down) * width + x / step;
  }

  /// Copies `channels` planes of `inHeight` × `inWidth`, from row `first`, which may be negative.
  void copy(
      float[] x, int xAt, int channels, int inHeight, int inWidth, int first, float[] to,
      int toAt) {
    for (int c = 0; c < channels; c++) {
      int plane = xAt + c * inHeight * inWidth;
      for (int s = 0; s < step; s++) { // the columns s - left, s - left + step, …
        int from = Math.clamp(Math.ceilDiv(left - s, step), 0, width);
        int end = Math.clamp(Math.ceilDiv(inWidth + left - s, step), from, width);
        int column = from * step + s - left;
        for (int phase = 0; phase < down; phase++) { // in the order of their places, see VectorRow
          int at = toAt + c * plane() + at(phase, s);
          for (int row = first + phase; row < first + height * down; row += down, at += width) {
            if (row < 0 || row >= inHeight) {
              Arrays.fill(to, at, at + width, 0f);
            } else {
              copyRow(x, plane + row * inWidth + column, to, at, from, end);
            }
          }
        }
      }
    }
  }

  /// Zeros up to place `from`, every step-th number of x up to `end`, and zeros behind.
  private void copyRow(float[] x, int xAt, float[] to, int at, int from, int end) {
    for (int i = 0; i < from; i++) {
      to[at + i] = 0f;
    }
    if (step <= 2) {
      VectorRow.copy(x, xAt, step, to, at + from, end - from, to.length);
    } else {
      for (int i = from; i < end; i++) {
        to[at + i] = x[xAt + (i - from) * step];
      }
    }
    for (int i = end; i < width; i++) {
      to[at + i] = 0f;
    }
  }
}

package nn.core.kernel;

import java.util.Arrays;

/// Copies some rows of an image's planes with the zeros around them spelled out, so that the loops over taps need not ask
/// where the image ends.
///
/// With a horizontal step of s, column x of a row goes to place x / s of the (x mod s)-th sub-plane: what neighbouring
/// output pixels read then lies next to each other whatever the step.
///
/// @param height rows of the copy
/// @param width numbers in a row of a sub-plane
/// @param left zeros before column 0; if negative, columns left out
/// @param step the horizontal step
record PaddedImage(int height, int width, int left, int step) {
  /// How many numbers one channel takes.
  int plane() {
    return height * width * step;
  }

  /// Where the column `x`, counted from the first zero, of row `y` stands in its channel's plane.
  int at(int y, int x) {
    return (x % step * height + y) * width + x / step;
  }

  /// Copies `channels` planes of `inHeight` × `inWidth`, from row `first`, which may be negative.
  void copy(
      float[] x, int xAt, int channels, int inHeight, int inWidth, int first, float[] to,
      int toAt) {
    for (int c = 0; c < channels; c++) {
      for (int s = 0; s < step; s++) {
        for (int y = 0; y < height; y++) {
          int at = toAt + c * plane() + (s * height + y) * width;
          int row = first + y;
          if (row < 0 || row >= inHeight) {
            Arrays.fill(to, at, at + width, 0f);
          } else if (step == 1) {
            copyRow(x, xAt + (c * inHeight + row) * inWidth, inWidth, to, at);
          } else {
            copyRow(x, xAt + (c * inHeight + row) * inWidth, inWidth, s - left, to, at);
          }
        }
      }
    }
  }

  private void copyRow(float[] x, int xAt, int inWidth, float[] to, int at) {
    int from = Math.clamp(left, 0, width);
    int end = Math.clamp((long) left + inWidth, from, width);
    Arrays.fill(to, at, at + from, 0f);
    System.arraycopy(x, xAt + from - left, to, at + from, end - from);
    Arrays.fill(to, at + end, at + width, 0f);
  }

  private void copyRow(float[] x, int xAt, int inWidth, int shift, float[] to, int at) {
    for (int i = 0; i < width; i++) {
      int column = i * step + shift;
      to[at + i] = column >= 0 && column < inWidth ? x[xAt + column] : 0f;
    }
  }
}

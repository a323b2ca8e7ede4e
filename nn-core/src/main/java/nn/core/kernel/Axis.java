package nn.core.kernel;

/// What taps see of a row or column of the image.
///
/// @param pixels output pixels
/// @param taps how many, `apart` from each other
/// @param step input pixels from one output pixel to the next
/// @param before where the first tap is for output pixel 0, counted back from input pixel 0
record Axis(int pixels, int taps, int apart, int step, int before) {
  int reach() {
    return (taps - 1) * apart + 1;
  }
}

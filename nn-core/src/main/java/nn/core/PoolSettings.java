package nn.core;

/// How a pooling window slides over an image.
///
/// Start from [#of] and name what differs: `PoolSettings.of(3).stride(2).padding(1)`.
///
/// @param kernelHeight the height of the window
/// @param kernelWidth the width of the window
/// @param strideHeight the step downwards
/// @param strideWidth the step to the right
/// @param paddingHeight rows added above and below; at most half the window
/// @param paddingWidth columns added left and right; at most half the window
/// @param roundsUp whether a last window that reaches beyond the edge counts
/// @param countsPadding whether an average divides by the whole window, padding included
public record PoolSettings(
    int kernelHeight,
    int kernelWidth,
    int strideHeight,
    int strideWidth,
    int paddingHeight,
    int paddingWidth,
    boolean roundsUp,
    boolean countsPadding) {

  public PoolSettings {
    if (kernelHeight < 1 || kernelWidth < 1 || strideHeight < 1 || strideWidth < 1) {
      throw new IllegalArgumentException(
          "window and stride must be 1 or more, got window " + kernelHeight + "×" + kernelWidth
              + ", stride " + strideHeight + "×" + strideWidth);
    }
    if (paddingHeight < 0
        || paddingWidth < 0
        || 2 * paddingHeight > kernelHeight
        || 2 * paddingWidth > kernelWidth) {
      throw new IllegalArgumentException(
          "padding must be between 0 and half the window, got " + paddingHeight + "×" + paddingWidth
              + " for a window " + kernelHeight + "×" + kernelWidth);
    }
  }

  /// A square window that steps by its own size.
  public static PoolSettings of(int window) {
    return of(window, window);
  }

  /// A window that steps by its own size.
  public static PoolSettings of(int height, int width) {
    return new PoolSettings(height, width, height, width, 0, 0, false, true);
  }

  /// The same with this step in both directions.
  public PoolSettings stride(int stride) {
    return stride(stride, stride);
  }

  public PoolSettings stride(int height, int width) {
    return new PoolSettings(
        kernelHeight, kernelWidth, height, width, paddingHeight, paddingWidth, roundsUp,
        countsPadding);
  }

  /// The same with this padding on all four sides.
  public PoolSettings padding(int padding) {
    return padding(padding, padding);
  }

  public PoolSettings padding(int height, int width) {
    return new PoolSettings(
        kernelHeight, kernelWidth, strideHeight, strideWidth, height, width, roundsUp,
        countsPadding);
  }

  /// The same with a last window that may reach beyond the edge (PyTorch's ceil mode).
  public PoolSettings roundingUp() {
    return new PoolSettings(
        kernelHeight, kernelWidth, strideHeight, strideWidth, paddingHeight, paddingWidth, true,
        countsPadding);
  }

  /// The same with averages over the pixels of the image alone.
  public PoolSettings ignoringPadding() {
    return new PoolSettings(
        kernelHeight, kernelWidth, strideHeight, strideWidth, paddingHeight, paddingWidth, roundsUp,
        false);
  }

  /// The shape of the output for images of this shape.
  ///
  /// @throws ShapeException if these are not images, or have no pixels, or are smaller than the window
  public Shape outputShape(Shape x) {
    if (x.rank() != 4) {
      throw new ShapeException("pool2d", "needs images [batch×channels×height×width], got " + x);
    }
    return Shape.of(
        x.dim(0),
        x.dim(1),
        extent(x, x.dim(2), kernelHeight, strideHeight, paddingHeight),
        extent(x, x.dim(3), kernelWidth, strideWidth, paddingWidth));
  }

  private int extent(Shape x, int in, int kernel, int stride, int padding) {
    if (in == 0) { // with padding a window would fit, but see no pixel
      throw new ShapeException("pool2d", x + " has no pixels to pool");
    }
    int room = in + 2 * padding - kernel;
    if (room < 0) {
      throw new ShapeException(
          "pool2d",
          "a window of " + kernel + " does not fit into " + x + " with padding " + padding);
    }
    int out = (room + (roundsUp ? stride - 1 : 0)) / stride + 1;
    return roundsUp && (out - 1) * stride >= in + padding ? out - 1 : out; // starts in the image
  }
}

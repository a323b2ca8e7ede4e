package nn.layers;

import nn.core.Tensor;

/// Divides each image into a grid and takes the mean of each cell: `[batch × channels × any × any]`
/// becomes `[batch × channels × height × width]`. Cell i covers the rows ⌊i·H/height⌋ to
/// ⌈(i+1)·H/height⌉, as in PyTorch.
public final class AdaptiveAvgPool2d extends Layer {
  private final int height;
  private final int width;

  /// @param height how many rows the result has
  /// @param width how many columns the result has
  /// @throws IllegalArgumentException if one is below 1
  public AdaptiveAvgPool2d(int height, int width) {
    if (height < 1 || width < 1) {
      throw new IllegalArgumentException(
          "the grid must have rows and columns, got " + height + "×" + width);
    }
    super();
    this.height = height;
    this.width = width;
  }

  @Override
  protected Tensor compute(Tensor x, Pass pass) {
    return x.adaptiveAvgPool2d(height, width);
  }

  /// `AdaptiveAvgPool2d 7×7`
  @Override
  public String describe() {
    return "AdaptiveAvgPool2d " + height + "×" + width;
  }
}

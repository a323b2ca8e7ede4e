package nn.core;

/// How a convolution slides over an image: step, zero padding, spread of the kernel, and channel groups.
///
/// Start from [#DEFAULT] and name what differs: `ConvSettings.DEFAULT.stride(2).padding(1)`.
///
/// @param strideHeight the step downwards, in pixels
/// @param strideWidth the step to the right, in pixels
/// @param paddingHeight rows of zeros above and below
/// @param paddingWidth columns of zeros left and right
/// @param dilationHeight distance between neighbouring kernel rows; 1 is dense
/// @param dilationWidth distance between neighbouring kernel columns; 1 is dense
/// @param groups into how many independent groups the channels are split; as many as channels is depthwise
public record ConvSettings(
    int strideHeight,
    int strideWidth,
    int paddingHeight,
    int paddingWidth,
    int dilationHeight,
    int dilationWidth,
    int groups) {
  /// Step 1, no padding, dense kernel, one group.
  public static final ConvSettings DEFAULT = new ConvSettings(1, 1, 0, 0, 1, 1, 1);

  public ConvSettings {
    if (strideHeight < 1 || strideWidth < 1 || dilationHeight < 1 || dilationWidth < 1) {
      throw new IllegalArgumentException(
          "stride and dilation must be 1 or more, got stride " + strideHeight + "×" + strideWidth
              + ", dilation " + dilationHeight + "×" + dilationWidth);
    }
    if (paddingHeight < 0 || paddingWidth < 0 || groups < 1) {
      throw new IllegalArgumentException(
          "padding must not be negative and groups must be 1 or more, got padding "
              + paddingHeight + "×" + paddingWidth + ", groups " + groups);
    }
  }

  /// The same with this step in both directions.
  public ConvSettings stride(int stride) {
    return stride(stride, stride);
  }

  public ConvSettings stride(int height, int width) {
    return new ConvSettings(
        height, width, paddingHeight, paddingWidth, dilationHeight, dilationWidth, groups);
  }

  /// The same with this zero padding on all four sides.
  public ConvSettings padding(int padding) {
    return padding(padding, padding);
  }

  public ConvSettings padding(int height, int width) {
    return new ConvSettings(
        strideHeight, strideWidth, height, width, dilationHeight, dilationWidth, groups);
  }

  /// The same with this distance between neighbouring kernel elements in both directions.
  public ConvSettings dilation(int dilation) {
    return dilation(dilation, dilation);
  }

  public ConvSettings dilation(int height, int width) {
    return new ConvSettings(
        strideHeight, strideWidth, paddingHeight, paddingWidth, height, width, groups);
  }

  /// The same with the channels in this many groups.
  public ConvSettings groups(int groups) {
    return new ConvSettings(
        strideHeight,
        strideWidth,
        paddingHeight,
        paddingWidth,
        dilationHeight,
        dilationWidth,
        groups);
  }
}

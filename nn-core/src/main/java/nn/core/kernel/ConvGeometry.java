package nn.core.kernel;

import nn.core.ConvSettings;
import nn.core.Shape;
import nn.core.ShapeException;

/// Every extent of one convolution, checked: x `[batch × inChannels × inHeight × inWidth]`,
/// w `[outChannels × inChannels/groups × kernelHeight × kernelWidth]`,
/// y `[batch × outChannels × outHeight × outWidth]`.
///
/// outHeight = ⌊(inHeight + 2·padding − dilation·(kernelHeight − 1) − 1) / stride⌋ + 1, the width likewise.
public record ConvGeometry(
    int batch,
    int inChannels,
    int inHeight,
    int inWidth,
    int outChannels,
    int kernelHeight,
    int kernelWidth,
    int outHeight,
    int outWidth,
    ConvSettings settings) {

  /// The geometry of convolving an image batch `x` with a kernel `w`.
  ///
  /// @throws ShapeException if they do not fit
  public static ConvGeometry of(Shape x, Shape w, ConvSettings settings) {
    if (x.rank() != 4 || w.rank() != 4) {
      throw new ShapeException(
          "conv2d",
          "needs images [batch×channels×height×width] and a kernel [out×in×height×width], got "
              + x + " and " + w);
    }
    int groups = settings.groups();
    if (w.dim(1) * groups != x.dim(1)) {
      throw new ShapeException(
          "conv2d",
          x + " * " + w + ": the image has " + x.dim(1) + " channels, the kernel takes "
              + w.dim(1) + (groups == 1 ? "" : " in each of " + groups + " groups"));
    }
    if (w.dim(0) % groups != 0) {
      throw new ShapeException(
          "conv2d",
          x + " * " + w + ": " + w.dim(0) + " output channels do not divide into " + groups
              + " groups");
    }
    if (x.dim(1) == 0 || w.dim(0) == 0) {
      throw new ShapeException(
          "conv2d", x + " * " + w + ": needs at least one input and one output channel");
    }
    int outHeight =
        extent(
            x, w, x.dim(2), w.dim(2), settings.strideHeight(), settings.paddingHeight(),
            settings.dilationHeight());
    int outWidth =
        extent(
            x, w, x.dim(3), w.dim(3), settings.strideWidth(), settings.paddingWidth(),
            settings.dilationWidth());
    return new ConvGeometry(
        x.dim(0), x.dim(1), x.dim(2), x.dim(3), w.dim(0), w.dim(2), w.dim(3), outHeight, outWidth,
        settings);
  }

  private static int extent(
      Shape x, Shape w, int in, int kernel, int stride, int padding, int dilation) {
    long reach = (long) dilation * (kernel - 1) + 1; // may be more than an int holds, and so may the room
    long room = in + 2L * padding - reach;
    if (room < 0 || kernel < 1) {
      throw new ShapeException(
          "conv2d",
          x + " * " + w + ": a kernel that spans " + reach + " does not fit into " + in
              + " with padding " + padding);
    }
    long out = room / stride + 1;
    if (out > Integer.MAX_VALUE) {
      throw new ShapeException(
          "conv2d", x + " * " + w + " with padding " + padding + ": " + out + " outputs in a row");
    }
    return (int) out;
  }

  public Shape inputShape() {
    return Shape.of(batch, inChannels, inHeight, inWidth);
  }

  public Shape kernelShape() {
    return Shape.of(outChannels, inChannels / settings.groups(), kernelHeight, kernelWidth);
  }

  public Shape outputShape() {
    return Shape.of(batch, outChannels, outHeight, outWidth);
  }
}

package nn.layers;

import nn.core.Tensor;

/// The mean of each channel: `[batch × channels × height × width]` becomes `[batch × channels]`,
/// whatever the size of the image. Lin et al., "Network In Network", 2013.
public final class GlobalAvgPool2d extends Layer {
  @Override
  protected Tensor compute(Tensor x, Pass pass) {
    return x.globalAvgPool2d();
  }
}

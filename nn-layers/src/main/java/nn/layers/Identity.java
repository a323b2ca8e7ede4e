package nn.layers;

import nn.core.Tensor;

/// Hands its input through: stands where a layer was taken out.
public final class Identity extends Layer {
  @Override
  protected Tensor compute(Tensor x, Pass pass) {
    return x;
  }
}

package nn.layers;

import nn.core.Tensor;

/// Lays all axes but the batch in a row: `[batch × channels × height × width]` becomes `[batch ×
/// channels·height·width]`, channel by channel.
public final class Flatten extends Layer {
  @Override
  protected Tensor compute(Tensor x, Pass pass) {
    return x.flatten(1);
  }
}

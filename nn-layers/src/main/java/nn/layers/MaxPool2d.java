package nn.layers;

import nn.core.PoolSettings;
import nn.core.Tensor;

/// The largest number in each window of each channel: `[batch × channels × height × width]` becomes
/// `[batch × channels × …]`, each side ⌊(side + 2·padding − kernel) / stride⌋ + 1. What lies
/// outside of the image counts as −∞.
public final class MaxPool2d extends Layer {
  private final PoolSettings settings;

  /// Square windows that touch but do not overlap, without padding.
  ///
  /// @throws IllegalArgumentException if `kernel` is below 1
  public MaxPool2d(int kernel) {
    this(PoolSettings.of(kernel));
  }

  /// Windows of this kind.
  public MaxPool2d(PoolSettings settings) {
    super();
    this.settings = settings;
  }

  @Override
  protected Tensor compute(Tensor x, Pass pass) {
    return x.maxPool2d(settings);
  }

  /// `MaxPool2d 3×3, stride 2, padding 1`
  @Override
  public String describe() {
    return Description.of("MaxPool2d", settings);
  }
}

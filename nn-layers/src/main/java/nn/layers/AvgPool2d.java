package nn.layers;

import nn.core.PoolSettings;
import nn.core.Tensor;

/// The mean of each window of each channel: `[batch × channels × height × width]` becomes `[batch ×
/// channels × …]`, each side ⌊(side + 2·padding − kernel) / stride⌋ + 1. Padding counts as zeros,
/// unless the settings [ignore it][PoolSettings#ignoringPadding].
public final class AvgPool2d extends Layer {
  private final PoolSettings settings;

  /// Square windows that touch but do not overlap, without padding.
  ///
  /// @throws IllegalArgumentException if `kernel` is below 1
  public AvgPool2d(int kernel) {
    this(PoolSettings.of(kernel));
  }

  /// Windows of this kind.
  public AvgPool2d(PoolSettings settings) {
    super();
    this.settings = settings;
  }

  @Override
  protected Tensor compute(Tensor x, Pass pass) {
    return x.avgPool2d(settings);
  }

  /// `AvgPool2d 3×3, stride 2, padding 1`
  @Override
  public String describe() {
    return Description.of("AvgPool2d", settings);
  }
}

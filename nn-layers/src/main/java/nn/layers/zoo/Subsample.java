package nn.layers.zoo;

import nn.core.NdArray;
import nn.core.PoolSettings;
import nn.core.Shape;
import nn.core.Tensor;
import nn.layers.Layer;
import nn.layers.Pass;

/// Takes every second pixel of every second row and adds channels of zeros, half of them before and
/// half behind: "option A" of He et al. 2015, a shortcut without parameters.
///
/// `[batch × channels × height × width]` becomes `[batch × channels + added × ⌈height/2⌉ ×
/// ⌈width/2⌉]`.
final class Subsample extends Layer {
  private static final PoolSettings EVERY_SECOND = PoolSettings.of(1).stride(2);

  private final int added;

  /// @param added how many channels of zeros to add
  Subsample(int added) {
    super();
    this.added = added;
  }

  @Override
  protected Tensor compute(Tensor x, Pass pass) {
    Tensor pixels = x.avgPool2d(EVERY_SECOND); // the mean of one pixel is that pixel
    Tensor before = zeros(pixels, added / 2);
    Tensor behind = zeros(pixels, added - added / 2);
    return before.concat(1, pixels, behind);
  }

  private static Tensor zeros(Tensor like, int channels) {
    Shape shape = like.shape().with(1, channels);
    NdArray zeros = like.value().freshZeros(shape);
    return Tensor.constant(zeros);
  }

  /// `Subsample 2×2, 16 more channels`
  @Override
  public String describe() {
    return "Subsample 2×2, " + added + " more channels";
  }
}

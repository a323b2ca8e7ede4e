package nn.layers;

import java.util.random.RandomGenerator;
import nn.core.NdArray;
import nn.core.Tensor;

/// In training, sets each number to zero with probability p and divides the others by 1 − p, so
/// that the expected value stays; at inference, or frozen, hands its input through. Srivastava et
/// al., "Dropout", 2014.
///
/// Which numbers drop is decided by the pass's randomness: the same seed drops the same ones.
public final class Dropout extends Layer {
  private final float p;

  /// @param p the probability of dropping a number, from 0 (none) to below 1
  /// @throws IllegalArgumentException if `p` is not in that range
  public Dropout(double p) {
    if (!(p >= 0 && p < 1)) {
      throw new IllegalArgumentException("the probability must be 0 or more and below 1, got " + p);
    }
    super();
    this.p = (float) p;
  }

  @Override
  protected Tensor compute(Tensor x, Pass pass) {
    if (!pass.isTraining() || p == 0) {
      return x;
    }
    RandomGenerator random = pass.random();
    NdArray mask = x.value().fresh(x.shape());
    float[] factors = mask.writable();
    float kept = 1 / (1 - p);
    for (int i = 0; i < factors.length; i++) {
      factors[i] = random.nextFloat() < p ? 0 : kept;
    }
    return x.times(Tensor.constant(mask));
  }

  /// `Dropout 0.2`
  @Override
  public String describe() {
    return "Dropout " + p;
  }
}

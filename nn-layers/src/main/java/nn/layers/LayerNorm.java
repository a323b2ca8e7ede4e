package nn.layers;

import nn.core.NdArray;
import nn.core.Shape;
import nn.core.Tensor;

/// Brings each row (the last axis) to mean 0 and variance 1, then to a learned mean and spread: y =
/// weight · (x − μ) / √(σ² + ε) + bias. The same in training and at inference. Ba et al., "Layer
/// Normalization", 2016.
///
/// x and y are `[… × features]`; `weight` and `bias` are `[features]`.
public final class LayerNorm extends Layer {
  /// What is added to the variance if nothing is said. Vision transformers are trained with 1e-6,
  /// BERT with 1e-12.
  public static final float DEFAULT_EPS = 1e-5f;

  private final float eps;
  private final Parameter weight; // [features]
  private final Parameter bias; // [features]

  /// Starts as weight 1, bias 0.
  ///
  /// @throws IllegalArgumentException if `features` is below 1
  public LayerNorm(int features) {
    this(features, DEFAULT_EPS);
  }

  /// Starts as weight 1, bias 0.
  ///
  /// @throws IllegalArgumentException if `features` is below 1 or `eps` is negative
  public LayerNorm(int features, float eps) {
    if (features < 1 || !(eps >= 0)) {
      throw new IllegalArgumentException(
          "features must be positive and eps not negative, got " + features + " and " + eps);
    }
    super();
    this.eps = eps;
    weight = parameter("weight", NdArray.full(Shape.of(features), 1f));
    bias = parameter("bias", NdArray.zeros(Shape.of(features)));
  }

  @Override
  protected Tensor compute(Tensor x, Pass pass) {
    return x.layerNorm(weight.in(pass), bias.in(pass), eps);
  }

  /// `LayerNorm 192`, and eps where it differs from the default
  @Override
  public String describe() {
    return "LayerNorm " + weight.shape().dim(0) + (eps == DEFAULT_EPS ? "" : ", eps " + eps);
  }
}

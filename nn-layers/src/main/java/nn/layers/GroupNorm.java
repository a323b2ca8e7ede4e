package nn.layers;

import nn.core.NdArray;
import nn.core.Shape;
import nn.core.Tensor;

/// Brings each group of neighbouring channels of each image to mean 0 and variance 1, then each
/// channel to a learned mean and spread: y = weight · (x − μ) / √(σ² + ε) + bias. Looks at one
/// image at a time, so it is the same in training and at inference, and for any batch. Wu and He,
/// "Group Normalization", 2018.
///
/// x and y are `[batch × channels × height × width]`; `weight` and `bias` are `[channels]`.
public final class GroupNorm extends Layer {
  /// What is added to the variance if nothing is said.
  public static final float DEFAULT_EPS = 1e-5f;

  private final int groups;
  private final float eps;
  private final Parameter weight; // [channels]
  private final Parameter bias; // [channels]

  /// Starts as weight 1, bias 0.
  ///
  /// @throws IllegalArgumentException if the groups do not divide the channels
  public GroupNorm(int groups, int channels) {
    this(groups, channels, DEFAULT_EPS);
  }

  /// Starts as weight 1, bias 0.
  ///
  /// @throws IllegalArgumentException if the groups do not divide the channels, or `eps` is
  ///   negative
  public GroupNorm(int groups, int channels, float eps) {
    if (groups < 1 || channels < 1 || channels % groups != 0 || !(eps >= 0)) {
      throw new IllegalArgumentException(
          "groups must divide channels and eps must not be negative, got "
              + groups
              + " groups, "
              + channels
              + " channels and eps "
              + eps);
    }
    super();
    this.groups = groups;
    this.eps = eps;
    weight = parameter("weight", NdArray.full(Shape.of(channels), 1f));
    bias = parameter("bias", NdArray.zeros(Shape.of(channels)));
  }

  @Override
  protected Tensor compute(Tensor x, Pass pass) {
    return x.groupNorm(groups, weight.in(pass), bias.in(pass), eps);
  }

  /// `GroupNorm 32 groups of 64`, and eps where it differs from the default
  @Override
  public String describe() {
    return "GroupNorm "
        + groups
        + " groups of "
        + weight.shape().dim(0)
        + (eps == DEFAULT_EPS ? "" : ", eps " + eps);
  }
}

package nn.layers;

import nn.core.Limits;
import nn.core.NdArray;
import nn.core.Shape;
import nn.core.Tensor;

/// Brings each channel to mean 0 and variance 1, then to a learned mean and spread: y = weight · (x
/// − μ) / √(σ² + ε) + bias. Ioffe and Szegedy, "Batch Normalization", 2015.
///
/// | pass | μ, σ² | running statistics |
/// | --- | --- | --- |
/// | training | of this batch | move towards the batch: r ← (1 − momentum) · r + momentum · batch |
/// | inference, or this layer frozen | the running ones | stay as they are |
///
/// x and y are `[batch × channels × height × width]`; `weight`, `bias`, `running_mean`,
/// `running_var` are `[channels]`; `num_batches_tracked` counts the training batches. As in PyTorch
/// the batch variance is biased in y and unbiased in `running_var`.
///
/// A parameter that is merely not trainable changes nothing here: to keep the statistics,
/// [freeze][Layer#freeze].
public final class BatchNorm2d extends Layer {
  /// What is added to the variance if nothing is said.
  public static final float DEFAULT_EPS = 1e-5f;

  /// The part of a new batch in the running statistics if nothing is said.
  public static final float DEFAULT_MOMENTUM = 0.1f;

  private final float eps;
  private final float momentum;
  private final Parameter weight; // [channels]
  private final Parameter bias; // [channels]
  private final Buffer runningMean; // [channels]
  private final Buffer runningVar; // [channels]
  private final Buffer batches; // []

  /// Starts as mean 0, variance 1, weight 1, bias 0.
  ///
  /// @throws IllegalArgumentException if `channels` is below 1
  public BatchNorm2d(int channels) {
    this(channels, DEFAULT_EPS, DEFAULT_MOMENTUM);
  }

  /// Starts as mean 0, variance 1, weight 1, bias 0.
  ///
  /// @param eps what is added to the variance before the root
  /// @param momentum the part of a new batch in the running statistics; Keras and MXNet write 1 −
  ///   momentum
  /// @throws IllegalArgumentException if `channels` is below 1, `eps` negative, or `momentum`
  ///   outside of 0 to 1
  public BatchNorm2d(int channels, float eps, float momentum) {
    if (channels < 1) {
      throw new IllegalArgumentException("channels must be positive, got " + channels);
    }
    if (!(eps >= 0) || !(momentum >= 0 && momentum <= 1)) {
      throw new IllegalArgumentException(
          "eps must not be negative and momentum lies between 0 and 1, got "
              + eps
              + " and "
              + momentum);
    }
    super();
    this.eps = eps;
    this.momentum = momentum;
    Shape shape = Shape.of(channels);
    weight = parameter("weight", NdArray.full(shape, 1f));
    bias = parameter("bias", NdArray.zeros(shape));
    runningMean = buffer("running_mean", NdArray.zeros(shape));
    runningVar = buffer("running_var", NdArray.full(shape, 1f));
    batches = buffer("num_batches_tracked", NdArray.scalar(0f), Buffer.Kind.COUNT);
  }

  @Override
  protected Tensor compute(Tensor x, Pass pass) {
    return compute(x, pass, Limits.NONE);
  }

  /// With the rectifier that stands behind.
  Tensor compute(Tensor x, Pass pass, Limits limits) {
    Tensor w = weight.in(pass);
    Tensor b = bias.in(pass);
    if (!pass.isTraining()) {
      return x.batchNormInference(w, b, runningMean.value(), runningVar.value(), eps, limits);
    }
    Tensor y = x.batchNorm(w, b, runningMean.value(), runningVar.value(), momentum, eps, limits);
    batches.value().writable()[0]++;
    return y;
  }

  /// `BatchNorm2d 16`, and eps or momentum where they differ from the default
  @Override
  public String describe() {
    return new Description("BatchNorm2d " + weight.shape().dim(0))
        .unless(eps == DEFAULT_EPS, "eps " + eps)
        .unless(momentum == DEFAULT_MOMENTUM, "momentum " + momentum)
        .toString();
  }
}

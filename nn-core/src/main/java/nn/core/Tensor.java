package nn.core;

import java.util.stream.Stream;
import nn.core.op.AdaptiveAvgPool2d;
import nn.core.op.Affine;
import nn.core.op.AvgPool2d;
import nn.core.op.BatchNorm;
import nn.core.op.BatchNormInference;
import nn.core.op.BinaryCrossEntropy;
import nn.core.op.Concat;
import nn.core.op.Conv2d;
import nn.core.op.CrossEntropy;
import nn.core.op.DividedBy;
import nn.core.op.Elu;
import nn.core.op.Embedding;
import nn.core.op.Exp;
import nn.core.op.Gelu;
import nn.core.op.GeluTanh;
import nn.core.op.GlobalAvgPool2d;
import nn.core.op.GroupNorm;
import nn.core.op.HardSigmoid;
import nn.core.op.HardSwish;
import nn.core.op.Huber;
import nn.core.op.LayerNorm;
import nn.core.op.LeakyRelu;
import nn.core.op.LimitedSum;
import nn.core.op.Log;
import nn.core.op.LogSoftmax;
import nn.core.op.Matmul;
import nn.core.op.MaxPool2d;
import nn.core.op.MeanSquaredError;
import nn.core.op.Minus;
import nn.core.op.Narrow;
import nn.core.op.Permute;
import nn.core.op.Plus;
import nn.core.op.Rectifier;
import nn.core.op.Reshape;
import nn.core.op.Scale;
import nn.core.op.Shift;
import nn.core.op.Sigmoid;
import nn.core.op.Silu;
import nn.core.op.Softmax;
import nn.core.op.Softplus;
import nn.core.op.Sum;
import nn.core.op.SumAxis;
import nn.core.op.Tanh;
import nn.core.op.Times;
import org.jspecify.annotations.Nullable;

/// An [NdArray] and the [Op] that made it. The op is remembered **only if one of its inputs needs a gradient**; so
/// what is computed from constants alone leaves no trace, keeps no activation and costs nothing in the backward pass.
///
/// A tensor needs a gradient if it is a [#variable] or was computed from one. Nothing else: there is no global switch.
public final class Tensor {
  /// The place of a tensor in the graph: its identity in [Gradients]. It outlives the value where an op does not
  /// need the value any more ([#edge]).
  static final class Node {
    final @Nullable Op op; // null for a variable
    final Shape shape;
    final @Nullable Workspace home; // of the value

    Node(@Nullable Op op, NdArray value) {
      this.op = op;
      shape = value.shape();
      home = value.storage.home;
    }
  }

  private final @Nullable NdArray value;
  private final Shape shape;
  final @Nullable Node node; // null for a constant

  private Tensor(@Nullable NdArray value, Shape shape, @Nullable Node node) {
    this.value = value;
    this.shape = shape;
    this.node = node;
  }

  /// A tensor that needs no gradient.
  public static Tensor constant(NdArray value) {
    return new Tensor(value, value.shape(), null);
  }

  /// A tensor that needs a gradient: where a graph begins.
  public static Tensor variable(NdArray value) {
    return new Tensor(value, value.shape(), new Node(null, value));
  }

  /// What an op computed. The op is kept for the backward pass if one of its inputs needs a gradient, and forgotten
  /// at once otherwise. Every op ends with this call.
  public static Tensor result(NdArray value, Op op) {
    for (Tensor input : op.inputs()) {
      if (input.needsGradient()) {
        Workspace home = value.storage.home;
        if (home != null) {
          home.opRemembered();
        }
        return new Tensor(value, value.shape(), new Node(op, value));
      }
    }
    return constant(value);
  }

  /// The numbers.
  ///
  /// @throws IllegalStateException if this is an [#edge], which has none
  public NdArray value() {
    if (value == null) {
      throw new IllegalStateException(
          "this op did not keep the value of its input " + shape
              + "; in apply, keep it with keptFor(the input whose gradient needs it)");
    }
    return value;
  }

  public Shape shape() {
    return shape;
  }

  /// Whether this is a variable or was computed from one.
  public boolean needsGradient() {
    return node != null;
  }

  /// This tensor as an op's record keeps it if its **value** is of use only for the gradients of `others`: with its value if
  /// one of them needs a gradient, else as an [#edge]. So a frozen convolution keeps no activation.
  public Tensor keptFor(Tensor... others) {
    for (Tensor other : others) {
      if (other.needsGradient()) {
        return this;
      }
    }
    return edge();
  }

  /// This tensor without its value, just its place in the graph: for an op whose backward does not need the value.
  public Tensor edge() {
    return value == null ? this : new Tensor(null, shape, node);
  }

  /// The gradients of this one number with respect to every variable it was computed from.
  ///
  /// @throws ShapeException if this is not a single number
  /// @throws IllegalStateException if it depends on no variable: everything is frozen or constant
  public Gradients backward() {
    if (shape.size() != 1) {
      throw new ShapeException(
          "backward", "a loss is a single number, this is " + shape
              + "; reduce it with mean() or sum(), or say the gradient: backward(dy)");
    }
    return backward(value().freshFull(shape, 1f));
  }

  /// The gradients of Σ dy · this with respect to every variable that this was computed from.
  ///
  /// @param dy the incoming gradient, of this tensor's shape
  public Gradients backward(NdArray dy) {
    if (!dy.shape().equals(shape)) {
      throw new ShapeException("backward", "gradient " + dy.shape() + " for a value " + shape);
    }
    return Gradients.of(this, dy);
  }

  // ---- operations

  /// this + b; shapes that differ are stretched.
  public Tensor plus(Tensor b) {
    return Plus.apply(this, b);
  }

  /// min(high, max(low, this + b)), for b of the same shape: [#plus], then [#limited], in one pass over memory.
  public Tensor plus(Tensor b, Limits limits) {
    return LimitedSum.apply(this, b, limits);
  }

  /// this − b; shapes that differ are stretched.
  public Tensor minus(Tensor b) {
    return Minus.apply(this, b);
  }

  /// this · b, element by element; shapes that differ are stretched.
  public Tensor times(Tensor b) {
    return Times.apply(this, b);
  }

  /// this / b, element by element; shapes that differ are stretched.
  public Tensor dividedBy(Tensor b) {
    return DividedBy.apply(this, b);
  }

  /// this + a fixed number.
  public Tensor plus(float addend) {
    return Shift.apply(this, addend);
  }

  /// this · a fixed number.
  public Tensor times(float factor) {
    return Scale.apply(this, factor);
  }

  /// −this.
  public Tensor negated() {
    return times(-1f);
  }

  /// The matrix product `[…×m×k] · […×k×n]`, one for each pair of matrices.
  public Tensor matmul(Tensor b) {
    return Matmul.apply(this, b);
  }

  /// this · wᵀ + b: `[…×in]`, w `[out×in]`, b `[out]`, to `[…×out]`.
  public Tensor affine(Tensor w, Tensor b) {
    return Affine.apply(this, w, b);
  }

  /// this · wᵀ: `[…×in]`, w `[out×in]`, to `[…×out]`.
  public Tensor affine(Tensor w) {
    return Affine.apply(this, w, null);
  }

  /// eˣ, element by element.
  public Tensor exp() {
    return Exp.apply(this);
  }

  /// ln x, element by element.
  public Tensor log() {
    return Log.apply(this);
  }

  /// tanh x, element by element.
  public Tensor tanh() {
    return Tanh.apply(this);
  }

  /// 1 / (1 + e⁻ˣ), element by element.
  public Tensor sigmoid() {
    return Sigmoid.apply(this);
  }

  /// max(0, x), element by element.
  public Tensor relu() {
    return limited(Limits.RELU);
  }

  /// min(6, max(0, x)), element by element.
  public Tensor relu6() {
    return limited(Limits.RELU6);
  }

  /// min(high, max(low, x)), element by element.
  public Tensor limited(Limits limits) {
    return Rectifier.apply(this, limits);
  }

  /// x · Φ(x), the exact form, element by element.
  public Tensor gelu() {
    return Gelu.apply(this);
  }

  /// x · Φ(x), approximated by a tanh, element by element.
  public Tensor geluTanh() {
    return GeluTanh.apply(this);
  }

  /// x · σ(x), element by element.
  public Tensor silu() {
    return Silu.apply(this);
  }

  /// min(1, max(0, x/6 + ½)), element by element.
  public Tensor hardSigmoid() {
    return HardSigmoid.apply(this);
  }

  /// x · min(1, max(0, x/6 + ½)), element by element.
  public Tensor hardSwish() {
    return HardSwish.apply(this);
  }

  /// ln(1 + eˣ), element by element.
  public Tensor softplus() {
    return Softplus.apply(this);
  }

  /// x where x > 0, else slope · x.
  public Tensor leakyRelu(float slope) {
    return LeakyRelu.apply(this, slope);
  }

  /// x where x > 0, else α · (eˣ − 1).
  public Tensor elu(float alpha) {
    return Elu.apply(this, alpha);
  }

  /// e^xᵢ / Σⱼ e^xⱼ over the last axis.
  public Tensor softmax() {
    return Softmax.apply(this);
  }

  /// ln softmax(x) over the last axis.
  public Tensor logSoftmax() {
    return LogSoftmax.apply(this);
  }

  /// The sum of all, one number.
  public Tensor sum() {
    return Sum.apply(this);
  }

  /// The sum over one axis, which disappears.
  public Tensor sum(int axis) {
    return SumAxis.apply(this, axis);
  }

  /// The mean of all, one number.
  public Tensor mean() {
    return sum().times(1f / shape.size());
  }

  /// The same numbers under another shape.
  public Tensor reshape(Shape other) {
    return Reshape.apply(this, other);
  }

  /// The same numbers under another shape.
  public Tensor reshape(int... extents) {
    return reshape(Shape.of(extents));
  }

  /// The axes from one on folded into one: `[8×4×5×5]` flattened from 1 is `[8×100]`.
  public Tensor flatten(int fromAxis) {
    return reshape(shape.foldedFrom(fromAxis));
  }

  /// The axes in another order: `permute(0, 2, 3, 1)` turns NCHW into NHWC.
  public Tensor permute(int... axes) {
    return Permute.apply(this, axes);
  }

  /// This and others, one after another along an axis.
  public Tensor concat(int axis, Tensor... others) {
    return Concat.apply(Stream.concat(Stream.of(this), Stream.of(others)).toList(), axis);
  }

  /// The part of one axis that starts at `from` and is `length` long.
  public Tensor narrow(int axis, int from, int length) {
    return Narrow.apply(this, axis, from, length);
  }

  /// The convolution of images `[batch×in×h×w]` with a kernel `[out×in/groups×kh×kw]`, plus a bias `[out]` if there is one.
  public Tensor conv2d(Tensor w, @Nullable Tensor b, ConvSettings settings) {
    return Conv2d.apply(this, w, b, settings);
  }

  /// The largest number in each window.
  public Tensor maxPool2d(PoolSettings settings) {
    return MaxPool2d.apply(this, settings);
  }

  /// The average of each window.
  public Tensor avgPool2d(PoolSettings settings) {
    return AvgPool2d.apply(this, settings);
  }

  /// Averages over a grid of `height`×`width` windows that cover the image.
  public Tensor adaptiveAvgPool2d(int height, int width) {
    return AdaptiveAvgPool2d.apply(this, height, width);
  }

  /// The average of each channel: `[batch×channels×h×w]` to `[batch×channels]`.
  public Tensor globalAvgPool2d() {
    return GlobalAvgPool2d.apply(this);
  }

  /// Batch norm in training: with the statistics of the batch, which the running ones follow in place.
  ///
  /// @param momentum how much of the batch goes into the running statistics, 0.1 by custom
  /// @param epsilon added to the variance, 1e-5 by custom
  public Tensor batchNorm(
      Tensor weight,
      Tensor bias,
      NdArray runningMean,
      NdArray runningVariance,
      float momentum,
      float epsilon) {
    return batchNorm(weight, bias, runningMean, runningVariance, momentum, epsilon, Limits.NONE);
  }

  /// The same, then [#limited]: together they cost as much as batch norm alone.
  public Tensor batchNorm(
      Tensor weight,
      Tensor bias,
      NdArray runningMean,
      NdArray runningVariance,
      float momentum,
      float epsilon,
      Limits limits) {
    return BatchNorm.apply(
        this, weight, bias, runningMean, runningVariance, momentum, epsilon, limits);
  }

  /// Batch norm at inference: with fixed statistics.
  public Tensor batchNormInference(
      Tensor weight, Tensor bias, NdArray runningMean, NdArray runningVariance, float epsilon) {
    return batchNormInference(
        weight, bias, runningMean, runningVariance, epsilon, Limits.NONE);
  }

  /// The same, then [#limited].
  public Tensor batchNormInference(
      Tensor weight,
      Tensor bias,
      NdArray runningMean,
      NdArray runningVariance,
      float epsilon,
      Limits limits) {
    return BatchNormInference.apply(
        this, weight, bias, runningMean, runningVariance, epsilon, limits);
  }

  /// Layer norm over the last axis.
  public Tensor layerNorm(Tensor weight, Tensor bias, float epsilon) {
    return LayerNorm.apply(this, weight, bias, epsilon);
  }

  /// Group norm of `[batch×channels×…]`.
  public Tensor groupNorm(int groups, Tensor weight, Tensor bias, float epsilon) {
    return GroupNorm.apply(this, groups, weight, bias, epsilon);
  }

  /// The rows of this table `[entries×width]` that `ids`, of shape `idsShape`, name: `[…×width]`.
  public Tensor rows(int[] ids, Shape idsShape) {
    return Embedding.apply(this, ids, idsShape);
  }

  /// Scaled dot-product attention: softmax(q · kᵀ / √width) · v, with this as the queries q, all
  /// `[batch×heads×tokens×width]`. Vaswani et al., "Attention Is All You Need", 2017.
  public Tensor attention(Tensor keys, Tensor values) {
    return matmul(keys.permute(0, 1, 3, 2))
        .times((float) (1 / Math.sqrt(shape.dim(-1))))
        .softmax()
        .matmul(values);
  }

  /// The mean of −log softmax(this)[label]; this are logits `[batch×classes]`.
  public Tensor crossEntropy(int[] labels) {
    return CrossEntropy.apply(this, labels, 0f, null);
  }

  /// The same with label smoothing and, if not null, a weight for each class.
  public Tensor crossEntropy(
      int[] labels, float labelSmoothing, @Nullable NdArray classWeights) {
    return CrossEntropy.apply(this, labels, labelSmoothing, classWeights);
  }

  /// The mean of (this − target)².
  public Tensor meanSquaredError(Tensor target) {
    return MeanSquaredError.apply(this, target);
  }

  /// The mean binary cross entropy of logits and targets between 0 and 1.
  public Tensor binaryCrossEntropyWithLogits(Tensor target) {
    return BinaryCrossEntropy.apply(this, target);
  }

  /// The mean Huber loss.
  public Tensor huber(Tensor target, float delta) {
    return Huber.apply(this, target, delta);
  }

  @Override
  public String toString() {
    Op op = node == null ? null : node.op;
    String origin = node == null ? "constant" : op == null ? "variable" : op.name();
    return "Tensor" + shape + " (" + origin + ")";
  }
}

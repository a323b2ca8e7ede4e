package nn.core.op;

import java.util.Arrays;
import java.util.List;
import nn.core.Gradients;
import nn.core.Limits;
import nn.core.NdArray;
import nn.core.Op;
import nn.core.Shape;
import nn.core.Tensor;
import nn.core.kernel.Kernels;
import nn.core.kernel.Parallel;

/// Batch norm in training: each channel is brought to mean 0 and variance 1 over the batch, then scaled and shifted:
/// x̂ = (x − μ) / √(σ² + ε), y = γ · x̂ + β. Ioffe and Szegedy, "Batch Normalization", 2015.
///
/// A rectifier behind it is part of it, y = min(high, max(low, γ · x̂ + β)): so there is no array between the two, and one pass
/// less over memory forward and backward.
///
/// The running statistics follow in place: new = (1 − momentum) · old + momentum · batch, the variance unbiased (divided by
/// m − 1 of m numbers), as in PyTorch.
///
/// Keeps x, unless the shift alone is trained and nothing rectified, and for each channel μ, 1/√(σ² + ε), and the affine map
/// that the two make with γ and β: with it, backward sees again what the rectifier has cut.
///
/// A channel is finished before the next is begun, forward and backward: its numbers are then still in cache.
public record BatchNorm(
    Tensor x,
    Tensor weight,
    Tensor bias,
    Limits limits,
    NdArray mean,
    NdArray inverseDeviation,
    NdArray scale,
    NdArray shift) implements Op {
  private static final int LINE = 8; // numbers of a line of the cache, 64 bytes

  /// Σ d and Σ d · (x − μ) of the channel that a thread is at, alone in a line: beside another thread's, each addition would wait for that
  /// thread's.
  private static final ThreadLocal<double[]> SUMS =
      ThreadLocal.withInitial(() -> new double[3 * LINE]);

  public static Tensor apply(
      Tensor x,
      Tensor weight,
      Tensor bias,
      NdArray runningMean,
      NdArray runningVariance,
      float momentum,
      float epsilon,
      Limits limits) {
    Channels c = Channels.of("batchNorm", x.shape());
    c.check("batchNorm", weight.value(), bias.value(), runningMean, runningVariance);
    int m = c.perChannel();
    if (m < 2) {
      throw new IllegalArgumentException(
          "batch norm in training needs more than one number per channel, got " + x.shape()
              + ": use a larger batch, or freeze the layer");
    }
    NdArray y = x.value().fresh(x.shape());
    float[] from = x.value().array();
    float[] to = y.writable();
    float[] gamma = weight.value().array();
    float[] beta = bias.value().array();
    float[] followingMean = runningMean.writable();
    float[] followingVariance = runningVariance.writable();
    Shape channels = weight.shape();
    NdArray means = x.value().fresh(channels);
    NdArray inverses = x.value().fresh(channels);
    NdArray scales = x.value().fresh(channels);
    NdArray shifts = x.value().fresh(channels);
    float[] mean = means.writable();
    float[] inverse = inverses.writable();
    float[] scale = scales.writable();
    float[] shift = shifts.writable();
    Parallel.chunks(
        c.channels(),
        i -> {
          mean[i] = c.sum(i, from) / m;
          float squares = c.squares(i, from, mean[i]);
          inverse[i] = (float) (1 / Math.sqrt(squares / m + epsilon));
          scale[i] = gamma[i] * inverse[i];
          shift[i] = beta[i] - mean[i] * scale[i];
          c.affine(i, from, scale[i], shift[i], limits, to);
          followingMean[i] += momentum * (mean[i] - followingMean[i]);
          followingVariance[i] += momentum * (squares / (m - 1) - followingVariance[i]);
        });
    return Tensor.result(
        y,
        new BatchNorm(
            limits.equals(Limits.NONE) ? x.keptFor(x, weight) : x, weight.edge(), bias.edge(),
            limits,
            means, inverses, scales, shifts));
  }

  @Override
  public List<Tensor> inputs() {
    return List.of(x, weight, bias);
  }

  @Override
  public void backward(NdArray dy, Gradients gradients) {
    Channels c = Channels.of("batchNorm", x.shape());
    if (!x.needsGradient() && !weight.needsGradient() && limits.equals(Limits.NONE)) {
      gradients.add(bias, () -> NdArray.vector(c.sums(dy.array())));
      return;
    }
    NdArray dx = x.needsGradient() ? gradients.over(dy) : dy.fresh(Shape.of(0));
    NdArray sums = dy.fresh(weight.shape()); // Σ d, with d = dy where nothing was cut, else 0
    NdArray dots = dy.fresh(weight.shape()); // Σ d · x̂
    float[] sum = sums.writable();
    float[] dot = dots.writable();
    float[] inverse = inverseDeviation.array();
    float[] to = dx.writable();
    Kernels kernels = Kernels.active();
    Parallel.chunks(
        c.channels(),
        i -> {
          double[] both = SUMS.get();
          Arrays.fill(both, 0);
          kernels.batchNormSums(
              x.value().array(), dy.array(), c.at(0, i), c.area(), c.batch(), c.step(),
              scale.array()[i], shift.array()[i], limits.low(), limits.high(), mean.array()[i],
              both, LINE);
          sum[i] = (float) both[LINE];
          dot[i] = (float) (both[LINE + 1] * inverse[i]);
          if (x.needsGradient()) {
            inputGradient(c, i, dy.array(), sum[i], dot[i], to);
          }
        });
    gradients.add(bias, () -> sums); // dL/dβ = Σ d
    gradients.add(weight, () -> dots); // dL/dγ = Σ d · x̂
    gradients.add(x, () -> dx);
  }

  /// dL/dx = γ / √(σ² + ε) · (d − mean(d) − x̂ · mean(d · x̂)): μ and σ depend on every x of the channel
  private void inputGradient(
      Channels c, int channel, float[] dy, float sum, float dot, float[] dx) {
    Kernels kernels = Kernels.active();
    float factor = scale.array()[channel];
    float offset = shift.array()[channel];
    float slope = dot / c.perChannel() * inverseDeviation.array()[channel];
    float base = sum / c.perChannel() - mean.array()[channel] * slope;
    for (int image = 0; image < c.batch(); image++) {
      kernels.batchNormGradient(
          x.value().array(), dy, dx, c.at(image, channel), c.area(), factor,
          offset, limits.low(), limits.high(), base, slope);
    }
  }
}

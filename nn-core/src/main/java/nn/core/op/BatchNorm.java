package nn.core.op;

import java.util.List;
import nn.core.Gradients;
import nn.core.NdArray;
import nn.core.Op;
import nn.core.Shape;
import nn.core.Tensor;
import nn.core.kernel.Parallel;

/// Batch norm in training: each channel is brought to mean 0 and variance 1 over the batch, then scaled and shifted:
/// x̂ = (x − μ) / √(σ² + ε), y = γ · x̂ + β. Ioffe and Szegedy, "Batch Normalization", 2015.
///
/// The running statistics follow in place: new = (1 − momentum) · old + momentum · batch, the variance unbiased (divided by
/// m − 1 of m numbers), as in PyTorch.
///
/// Keeps x, unless the shift alone is trained, and for each channel μ and 1/√(σ² + ε).
///
/// A channel is finished before the next is begun, forward and backward: its numbers are then still in cache.
public record BatchNorm(
    Tensor x, Tensor weight, Tensor bias, float[] mean, float[] inverseDeviation) implements Op {

  public static Tensor apply(
      Tensor x,
      Tensor weight,
      Tensor bias,
      NdArray runningMean,
      NdArray runningVariance,
      float momentum,
      float epsilon) {
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
    float[] mean = new float[c.channels()];
    float[] inverse = new float[c.channels()];
    Parallel.chunks(
        c.channels(),
        i -> {
          mean[i] = c.sum(i, from) / m;
          float squares = c.centredDot(i, from, mean[i], from, mean[i]);
          inverse[i] = (float) (1 / Math.sqrt(squares / m + epsilon));
          float scale = gamma[i] * inverse[i];
          c.affine(i, from, scale, beta[i] - mean[i] * scale, to);
          followingMean[i] += momentum * (mean[i] - followingMean[i]);
          followingVariance[i] += momentum * (squares / (m - 1) - followingVariance[i]);
        });
    return Tensor.result(
        y,
        new BatchNorm(
            x.keptFor(x, weight), weight.keptFor(x), bias.edge(), mean, inverse));
  }

  @Override
  public List<Tensor> inputs() {
    return List.of(x, weight, bias);
  }

  @Override
  public void backward(NdArray dy, Gradients gradients) {
    Channels c = Channels.of("batchNorm", x.shape());
    if (!x.needsGradient() && !weight.needsGradient()) {
      gradients.add(bias, () -> NdArray.vector(c.sums(dy.array())));
      return;
    }
    float[] d = dy.array();
    float[] values = x.value().array();
    NdArray dx = dy.fresh(x.needsGradient() ? x.shape() : Shape.of(0));
    float[] to = dx.writable();
    float[] sums = new float[c.channels()]; // Σ dy
    float[] dots = new float[c.channels()]; // Σ dy · x̂
    Parallel.chunks(
        c.channels(),
        i -> {
          sums[i] = c.sum(i, d);
          dots[i] = c.centredDot(i, values, mean[i], d, 0f) * inverseDeviation[i];
          if (x.needsGradient()) {
            inputGradient(c, i, d, values, sums[i], dots[i], to);
          }
        });
    gradients.add(bias, () -> NdArray.vector(sums)); // dL/dβ = Σ dy
    gradients.add(weight, () -> NdArray.vector(dots)); // dL/dγ = Σ dy · x̂
    gradients.add(x, () -> dx);
  }

  /// dL/dx = γ / √(σ² + ε) · (dy − mean(dy) − x̂ · mean(dy · x̂)): μ and σ depend on every x of the channel
  private void inputGradient(
      Channels c, int channel, float[] dy, float[] x, float sum, float dot, float[] dx) {
    float scale = weight.value().array()[channel] * inverseDeviation[channel];
    float slope = dot / c.perChannel() * inverseDeviation[channel];
    float base = sum / c.perChannel() - mean[channel] * slope;
    for (int image = 0; image < c.batch(); image++) {
      int at = c.at(image, channel);
      for (int i = at; i < at + c.area(); i++) {
        dx[i] = scale * (dy[i] - base - x[i] * slope);
      }
    }
  }
}

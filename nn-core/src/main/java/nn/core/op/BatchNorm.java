package nn.core.op;

import java.util.List;
import nn.core.Gradients;
import nn.core.NdArray;
import nn.core.Op;
import nn.core.Tensor;
import nn.core.kernel.Parallel;

/// Batch norm in training: each channel is brought to mean 0 and variance 1 over the batch, then scaled and shifted:
/// x̂ = (x − μ) / √(σ² + ε), y = γ · x̂ + β. Ioffe and Szegedy, "Batch Normalization", 2015.
///
/// The running statistics follow in place: new = (1 − momentum) · old + momentum · batch, the variance unbiased (divided by
/// m − 1 of m numbers), as in PyTorch.
///
/// Keeps x, and for each channel μ and 1/√(σ² + ε).
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
    float[] values = x.value().array();
    float[] mean = c.sums(values);
    for (int i = 0; i < mean.length; i++) {
      mean[i] /= m;
    }
    float[] squares = c.centredDots(values, mean, values, mean);
    float[] inverse = new float[mean.length];
    float[] scale = new float[mean.length];
    float[] shift = new float[mean.length];
    float[] followingMean = runningMean.writable();
    float[] followingVariance = runningVariance.writable();
    for (int i = 0; i < mean.length; i++) {
      inverse[i] = (float) (1 / Math.sqrt(squares[i] / m + epsilon));
      scale[i] = weight.value().array()[i] * inverse[i];
      shift[i] = bias.value().array()[i] - mean[i] * scale[i];
      followingMean[i] += momentum * (mean[i] - followingMean[i]);
      followingVariance[i] += momentum * (squares[i] / (m - 1) - followingVariance[i]);
    }
    NdArray y = x.value().fresh(x.shape());
    c.affine(values, scale, shift, y.writable());
    return Tensor.result(y, new BatchNorm(x, weight, bias.edge(), mean, inverse));
  }

  @Override
  public List<Tensor> inputs() {
    return List.of(x, weight, bias);
  }

  @Override
  public void backward(NdArray dy, Gradients gradients) {
    Channels c = Channels.of("batchNorm", x.shape());
    float[] dySums = c.sums(dy.array());
    float[] dots = c.centredDots(x.value().array(), mean, dy.array(), new float[mean.length]);
    for (int i = 0; i < dots.length; i++) {
      dots[i] *= inverseDeviation[i]; // Σ dy · x̂
    }
    gradients.add(bias, () -> NdArray.vector(dySums)); // dL/dβ = Σ dy
    gradients.add(weight, () -> NdArray.vector(dots)); // dL/dγ = Σ dy · x̂
    gradients.add(x, () -> inputGradient(c, dy, dySums, dots));
  }

  /// dL/dx = γ / √(σ² + ε) · (dy − mean(dy) − x̂ · mean(dy · x̂)): μ and σ depend on every x of the channel
  private NdArray inputGradient(Channels c, NdArray dy, float[] dySums, float[] dots) {
    NdArray dx = dy.fresh(x.shape());
    float[] d = dy.array();
    float[] values = x.value().array();
    float[] to = dx.writable();
    float[] gamma = weight.value().array();
    int m = c.perChannel();
    Parallel.chunks(
        c.batch() * c.channels(),
        plane -> {
          int channel = plane % c.channels();
          float scale = gamma[channel] * inverseDeviation[channel];
          float slope = dots[channel] / m * inverseDeviation[channel];
          float base = dySums[channel] / m - mean[channel] * slope;
          for (int i = plane * c.area(); i < (plane + 1) * c.area(); i++) {
            to[i] = scale * (d[i] - base - values[i] * slope);
          }
        });
    return dx;
  }
}

package nn.core.op;

import java.util.List;
import nn.core.Gradients;
import nn.core.NdArray;
import nn.core.Op;
import nn.core.Tensor;

/// Batch norm at inference: with fixed statistics it is an affine map of each channel,
/// y = x · γ/√(σ² + ε) + (β − μ · γ/√(σ² + ε)).
///
/// Keeps x only where γ is trained.
public record BatchNormInference(
    Tensor x, Tensor weight, Tensor bias, float[] mean, float[] inverseDeviation, float[] scale)
    implements Op {

  public static Tensor apply(
      Tensor x,
      Tensor weight,
      Tensor bias,
      NdArray runningMean,
      NdArray runningVariance,
      float epsilon) {
    Channels c = Channels.of("batchNorm", x.shape());
    c.check("batchNorm", weight.value(), bias.value(), runningMean, runningVariance);
    float[] mean = runningMean.array().clone(); // the running ones may move before the backward pass
    float[] inverse = new float[mean.length];
    float[] scale = new float[mean.length];
    float[] shift = new float[mean.length];
    for (int i = 0; i < mean.length; i++) {
      inverse[i] = (float) (1 / Math.sqrt(runningVariance.array()[i] + epsilon));
      scale[i] = weight.value().array()[i] * inverse[i];
      shift[i] = bias.value().array()[i] - mean[i] * scale[i];
    }
    NdArray y = x.value().fresh(x.shape());
    c.affine(x.value().array(), scale, shift, y.writable());
    return Tensor.result(
        y,
        new BatchNormInference(
            x.keptFor(weight), weight.edge(), bias.edge(), mean, inverse, scale));
  }

  @Override
  public List<Tensor> inputs() {
    return List.of(x, weight, bias);
  }

  @Override
  public void backward(NdArray dy, Gradients gradients) {
    Channels c = Channels.of("batchNorm", dy.shape());
    gradients.add(x, () -> inputGradient(c, dy)); // dL/dx = dy · γ/√(σ² + ε)
    gradients.add(weight, () -> weightGradient(c, dy)); // dL/dγ = Σ dy · x̂
    gradients.add(bias, () -> NdArray.vector(c.sums(dy.array()))); // dL/dβ = Σ dy
  }

  private NdArray inputGradient(Channels c, NdArray dy) {
    NdArray dx = dy.fresh(dy.shape());
    c.affine(dy.array(), scale, new float[scale.length], dx.writable());
    return dx;
  }

  private NdArray weightGradient(Channels c, NdArray dy) {
    float[] dots = c.centredDots(x.value().array(), mean, dy.array(), new float[mean.length]);
    for (int i = 0; i < dots.length; i++) {
      dots[i] *= inverseDeviation[i];
    }
    return NdArray.vector(dots);
  }
}

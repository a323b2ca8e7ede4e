package nn.core.op;

import java.util.Arrays;
import java.util.List;
import nn.core.Gradients;
import nn.core.Limits;
import nn.core.NdArray;
import nn.core.Op;
import nn.core.Tensor;
import org.jspecify.annotations.Nullable;

/// Batch norm at inference: with fixed statistics it is an affine map of each channel,
/// y = x · γ/√(σ² + ε) + (β − μ · γ/√(σ² + ε)).
///
/// A rectifier behind it is part of it, as in [BatchNorm]. Keeps x only where γ is trained, and y only for a rectifier.
public record BatchNormInference(
    Tensor x,
    Tensor weight,
    Tensor bias,
    Limits limits,
    @Nullable NdArray y,
    float[] mean,
    float[] inverseDeviation,
    float[] scale) implements Op {

  public static Tensor apply(
      Tensor x,
      Tensor weight,
      Tensor bias,
      NdArray runningMean,
      NdArray runningVariance,
      float epsilon,
      Limits limits) {
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
    c.affine(x.value().array(), scale, shift, limits, y.writable());
    return Tensor.result(
        y,
        new BatchNormInference(
            x.keptFor(weight), weight.edge(), bias.edge(), limits,
            limits.equals(Limits.NONE) ? null : y, mean, inverse, scale));
  }

  @Override
  public List<Tensor> inputs() {
    return List.of(x, weight, bias);
  }

  @Override
  public void backward(NdArray dy, Gradients gradients) {
    Channels c = Channels.of("batchNorm", dy.shape());
    if (weight.needsGradient() || bias.needsGradient()) {
      float[] ones = new float[scale.length];
      Arrays.fill(ones, 1f);
      NdArray d = y == null ? dy : passed(c, dy, ones, dy.fresh(dy.shape()));
      gradients.add(weight, () -> weightGradient(c, d)); // dL/dγ = Σ d · x̂
      gradients.add(bias, () -> NdArray.vector(c.sums(d.array()))); // dL/dβ = Σ d
    }
    // dL/dx = d · γ/√(σ² + ε), d = dy where nothing was cut, else 0
    gradients.add(x, () -> passed(c, dy, scale, gradients.over(dy)));
  }

  private NdArray passed(Channels c, NdArray dy, float[] factors, NdArray dx) {
    float[] to = dx.writable();
    if (y == null) {
      c.affine(dy.array(), factors, new float[factors.length], limits, to);
    } else {
      c.limitedGradient(dy.array(), y.array(), factors, limits, to);
    }
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

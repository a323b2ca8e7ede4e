package nn.core.op;

import java.util.List;
import nn.core.Gradients;
import nn.core.NdArray;
import nn.core.Op;
import nn.core.Shape;
import nn.core.ShapeException;
import nn.core.Tensor;
import nn.core.kernel.Kernels;

/// Layer norm: each row (the last axis) is brought to mean 0 and variance 1, then scaled and shifted number by number:
/// x̂ = (x − μ) / √(σ² + ε), y = γ · x̂ + β. Ba et al., "Layer Normalization", 2016.
///
/// weight and bias `[width]`. Keeps x, and for each row μ and 1/√(σ² + ε).
public record LayerNorm(
    Tensor x, Tensor weight, Tensor bias, float[] mean, float[] inverseDeviation) implements Op {

  public static Tensor apply(Tensor x, Tensor weight, Tensor bias, float epsilon) {
    int n = x.shape().rank() == 0 ? 1 : x.shape().dim(-1);
    if (!weight.shape().equals(Shape.of(n)) || !bias.shape().equals(Shape.of(n))) {
      throw new ShapeException(
          "layerNorm",
          x.shape() + " with weight " + weight.shape() + " and bias " + bias.shape()
              + ": both must be [" + n + "]");
    }
    int rows = n == 0 ? 0 : x.shape().size() / n;
    float[] mean = new float[rows];
    float[] inverse = new float[rows];
    NdArray y = x.value().fresh(x.shape());
    float[] values = x.value().array();
    float[] to = y.writable();
    float[] gamma = weight.value().array();
    float[] beta = bias.value().array();
    Kernels kernels = Kernels.active();
    Rows.each(
        x.shape(),
        at -> {
          float mu = kernels.sum(values, at, n) / n;
          float squares = kernels.centredDot(values, at, mu, values, at, mu, n);
          float scale = (float) (1 / Math.sqrt(squares / n + epsilon));
          mean[at / n] = mu;
          inverse[at / n] = scale;
          kernels.layerNorm(values, gamma, beta, to, at, n, mu, scale);
        });
    return Tensor.result(
        y, new LayerNorm(x.keptFor(x, weight), weight.keptFor(x), bias.edge(), mean, inverse));
  }

  @Override
  public List<Tensor> inputs() {
    return List.of(x, weight, bias);
  }

  @Override
  public void backward(NdArray dy, Gradients gradients) {
    gradients.add(x, () -> inputGradient(dy));
    gradients.add(weight, () -> dy.times(normalized()).sumTo(weight.shape())); // dL/dγ = Σ dy · x̂
    gradients.add(bias, () -> dy.sumTo(bias.shape())); // dL/dβ = Σ dy
  }

  private NdArray normalized() {
    int n = x.shape().dim(-1);
    NdArray result = x.value().fresh(x.shape());
    float[] values = x.value().array();
    float[] to = result.writable();
    for (int row = 0; row < mean.length; row++) {
      for (int i = row * n; i < (row + 1) * n; i++) {
        to[i] = (values[i] - mean[row]) * inverseDeviation[row];
      }
    }
    return result;
  }

  /// dL/dx = 1/√(σ² + ε) · (g − mean(g) − x̂ · mean(g · x̂)), with g = γ · dy and means over the row
  private NdArray inputGradient(NdArray dy) {
    int n = x.shape().dim(-1);
    NdArray dx = dy.fresh(x.shape());
    float[] d = dy.array();
    float[] values = x.value().array();
    float[] to = dx.writable();
    float[] gamma = weight.value().array();
    Kernels kernels = Kernels.active();
    Rows.each(
        x.shape(),
        at -> kernels.layerNormGradient(
            d, values, gamma, to, at, n, mean[at / n], inverseDeviation[at / n]));
    return dx;
  }
}

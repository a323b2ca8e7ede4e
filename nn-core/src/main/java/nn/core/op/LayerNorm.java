package nn.core.op;

import java.util.List;
import nn.core.Gradients;
import nn.core.NdArray;
import nn.core.Op;
import nn.core.Shape;
import nn.core.ShapeException;
import nn.core.Tensor;
import nn.core.kernel.Kernels;
import nn.core.kernel.Parallel;

/// Layer norm: each row (the last axis) is brought to mean 0 and variance 1, then scaled and shifted number by number:
/// x̂ = (x − μ) / √(σ² + ε), y = γ · x̂ + β. Ba et al., "Layer Normalization", 2016.
///
/// weight and bias `[width]`. Keeps x, and for each row μ and 1/√(σ² + ε).
public record LayerNorm(
    Tensor x, Tensor weight, Tensor bias, float[] mean, float[] inverseDeviation) implements Op {
  private static final int MOST_ROWS = 64; // whose sums of weight gradients run in single precision, in one chunk of work

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
    Rows.ranges(
        x.shape(),
        (first, end) -> kernels.layerNorm(
            values, gamma, beta, to, first, end, n, epsilon, mean, inverse));
    return Tensor.result(
        y, new LayerNorm(x.keptFor(x, weight), weight.keptFor(x), bias.edge(), mean, inverse));
  }

  @Override
  public List<Tensor> inputs() {
    return List.of(x, weight, bias);
  }

  @Override
  public void backward(NdArray dy, Gradients gradients) {
    if (weight.needsGradient()) {
      NdArray both = weightGradients(dy);
      gradients.add(bias, () -> both.narrow(0, 0, 1).reshape(bias.shape()));
      gradients.add(weight, () -> both.narrow(0, 1, 1).reshape(weight.shape()));
    } else {
      gradients.add(bias, () -> dy.sumTo(bias.shape()));
    }
    gradients.add(x, () -> inputGradient(dy, gradients.over(dy)));
  }

  /// dL/dβ = Σ dy and dL/dγ = Σ dy · x̂ over the rows, one behind the other
  private NdArray weightGradients(NdArray dy) {
    int n = x.shape().dim(-1);
    int parts = Math.ceilDiv(mean.length, MOST_ROWS);
    NdArray sums = dy.fresh(Shape.of(parts, 2, n));
    float[] d = dy.array();
    float[] values = x.value().array();
    float[] to = sums.writable();
    Kernels kernels = Kernels.active();
    Parallel.range(
        mean.length,
        MOST_ROWS,
        (first, end) -> kernels.layerNormWeightGradients(
            d, values, first, end, n, mean, inverseDeviation, to, first / MOST_ROWS * 2 * n));
    return sums.sum(0);
  }

  /// dL/dx = 1/√(σ² + ε) · (g − mean(g) − x̂ · mean(g · x̂)), with g = γ · dy and means over the row
  private NdArray inputGradient(NdArray dy, NdArray dx) {
    int n = x.shape().dim(-1);
    float[] d = dy.array();
    float[] values = x.value().array();
    float[] to = dx.writable();
    float[] gamma = weight.value().array();
    Kernels kernels = Kernels.active();
    Rows.ranges(
        x.shape(),
        (first, end) -> kernels.layerNormGradient(
            d, values, gamma, to, first, end, n, mean, inverseDeviation));
    return dx;
  }
}

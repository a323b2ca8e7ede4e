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

/// Group norm: the channels of each image are split into groups, each group is brought to mean 0 and variance 1, then each
/// channel is scaled and shifted: y = γ · x̂ + β. Wu and He, "Group Normalization", 2018.
///
/// x `[batch×channels×…]`, weight and bias `[channels]`. Keeps x, and for each group μ and 1/√(σ² + ε).
public record GroupNorm(
    Tensor x, Tensor weight, Tensor bias, float[] mean, float[] inverseDeviation) implements Op {

  public static Tensor apply(Tensor x, int groups, Tensor weight, Tensor bias, float epsilon) {
    Channels c = Channels.of("groupNorm", x.shape());
    c.check("groupNorm", weight.value(), bias.value());
    if (groups < 1 || c.channels() % groups != 0) {
      throw new ShapeException(
          "groupNorm", c.channels() + " channels do not divide into " + groups + " groups");
    }
    int size = c.channels() / groups * c.area();
    float[] values = x.value().array();
    float[] mean = new float[c.batch() * groups];
    float[] inverse = new float[mean.length];
    NdArray y = x.value().fresh(x.shape());
    float[] to = y.writable();
    float[] gamma = weight.value().array();
    float[] beta = bias.value().array();
    Parallel.chunks(
        mean.length,
        g -> {
          Kernels kernels = Kernels.active();
          int at = g * size;
          float mu = kernels.sum(values, at, size) / size;
          float squares = kernels.centredDot(values, at, mu, values, at, mu, size);
          mean[g] = mu;
          inverse[g] = (float) (1 / Math.sqrt(squares / size + epsilon));
          for (int i = at; i < at + size; i++) {
            int channel = i / c.area() % c.channels();
            to[i] = (values[i] - mu) * inverse[g] * gamma[channel] + beta[channel];
          }
        });
    return Tensor.result(
        y, new GroupNorm(x.keptFor(x, weight), weight.keptFor(x), bias.edge(), mean, inverse));
  }

  @Override
  public List<Tensor> inputs() {
    return List.of(x, weight, bias);
  }

  @Override
  public void backward(NdArray dy, Gradients gradients) {
    gradients.add(x, () -> inputGradient(dy));
    gradients.add( // dL/dγ = Σ dy · x̂
        weight, () -> dy.times(normalized()).sumTo(perChannel()).reshape(weight.shape()));
    gradients.add(bias, () -> dy.sumTo(perChannel()).reshape(bias.shape())); // dL/dβ = Σ dy
  }

  private Shape perChannel() {
    Shape shape = Shape.of(new int[x.shape().rank() - 1]);
    for (int axis = 0; axis < shape.rank(); axis++) {
      shape = shape.with(axis, axis == 0 ? x.shape().dim(1) : 1);
    }
    return shape;
  }

  private NdArray normalized() {
    NdArray result = x.value().fresh(x.shape());
    float[] values = x.value().array();
    float[] to = result.writable();
    int size = to.length / mean.length;
    for (int i = 0; i < to.length; i++) {
      to[i] = (values[i] - mean[i / size]) * inverseDeviation[i / size];
    }
    return result;
  }

  /// dL/dx = 1/√(σ² + ε) · (g − mean(g) − x̂ · mean(g · x̂)), with g = γ · dy and means over the group
  private NdArray inputGradient(NdArray dy) {
    Channels c = Channels.of("groupNorm", x.shape());
    NdArray dx = dy.fresh(x.shape());
    float[] d = dy.array();
    float[] values = x.value().array();
    float[] to = dx.writable();
    float[] gamma = weight.value().array();
    int size = to.length / mean.length;
    Parallel.chunks(
        mean.length,
        g -> {
          int at = g * size;
          for (int i = at; i < at + size; i++) {
            to[i] = d[i] * gamma[i / c.area() % c.channels()];
          }
          Kernels kernels = Kernels.active();
          float average = kernels.sum(to, at, size) / size;
          float dot = kernels.centredDot(values, at, mean[g], to, at, 0f, size);
          float slope = dot / size * inverseDeviation[g] * inverseDeviation[g];
          for (int i = at; i < at + size; i++) {
            to[i] = inverseDeviation[g] * (to[i] - average - (values[i] - mean[g]) * slope);
          }
        });
    return dx;
  }
}

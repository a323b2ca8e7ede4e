package nn.core.op;

import java.util.List;
import nn.core.Gradients;
import nn.core.Limits;
import nn.core.NdArray;
import nn.core.Op;
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
          for (int i = at; i < at + size; i += c.area()) {
            int channel = i / c.area() % c.channels();
            float scale = inverse[g] * gamma[channel];
            kernels.affine(
                values, to, i, c.area(), scale, beta[channel] - mu * scale, Limits.NONE.low(),
                Limits.NONE.high());
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
    gradients.add(weight, () -> weightGradient(dy));
    gradients
        .add(bias, () -> NdArray.vector(Channels.of("groupNorm", dy.shape()).sums(dy.array()))); // dL/dβ = Σ dy
  }

  /// dL/dγ = Σ dy · x̂ over the images and pixels of each channel
  private NdArray weightGradient(NdArray dy) {
    Channels c = Channels.of("groupNorm", x.shape());
    float[] dots = new float[c.channels()];
    int groups = mean.length / Math.max(1, c.batch());
    float[] d = dy.array();
    float[] values = x.value().array();
    Parallel.chunks(
        c.channels(),
        channel -> {
          Kernels kernels = Kernels.active();
          double dot = 0;
          for (int image = 0; image < c.batch(); image++) {
            int g = image * groups + channel / (c.channels() / groups);
            int at = c.at(image, channel);
            double centred = kernels.centredDot(values, at, mean[g], d, at, 0f, c.area());
            dot += centred * inverseDeviation[g];
          }
          dots[channel] = (float) dot;
        });
    return NdArray.vector(dots);
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
          for (int from = at; from < at + size; from += c.area()) {
            float factor = gamma[from / c.area() % c.channels()];
            for (int i = from; i < from + c.area(); i++) {
              to[i] = d[i] * factor;
            }
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

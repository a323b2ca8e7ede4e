package nn.core.op;

import java.util.List;
import nn.core.Gradients;
import nn.core.NdArray;
import nn.core.Op;
import nn.core.Tensor;

/// y = x where x > 0, else α · (eˣ − 1): Clevert et al., "Fast and Accurate Deep Network Learning by Exponential Linear
/// Units", 2016. Keeps x.
public record Elu(Tensor x, float alpha) implements Op {
  public static Tensor apply(Tensor x, float alpha) {
    NdArray y = Maps.map(x.value(), (from, to, first, end) -> forward(from, to, alpha, first, end));
    return Tensor.result(y, new Elu(x, alpha));
  }

  @Override
  public List<Tensor> inputs() {
    return List.of(x);
  }

  @Override
  public void backward(NdArray dy, Gradients gradients) {
    gradients.add(
        x,
        () -> Maps.backward(
            dy, x.value(),
            (d, kept, to, first, end) -> derivative(d, kept, to, alpha, first, end)));
  }

  private static void forward(float[] x, float[] y, float alpha, int from, int to) {
    for (int i = from; i < to; i++) {
      y[i] = x[i] > 0f ? x[i] : alpha * (float) Math.expm1(x[i]);
    }
  }

  /// dL/dx = dy where x > 0, else dy · α · eˣ
  private static void derivative(
      float[] dy, float[] x, float[] dx, float alpha, int from, int to) {
    for (int i = from; i < to; i++) {
      dx[i] = x[i] > 0f ? dy[i] : dy[i] * alpha * (float) Math.exp(x[i]);
    }
  }
}

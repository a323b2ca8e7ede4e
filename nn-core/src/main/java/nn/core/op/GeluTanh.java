package nn.core.op;

import java.util.List;
import nn.core.Gradients;
import nn.core.NdArray;
import nn.core.Op;
import nn.core.Tensor;
import nn.core.kernel.Kernels;

/// y = ½ x (1 + tanh(√(2/π) (x + 0.044715 x³))), the approximation of [Gelu] that BERT and GPT-2 were trained with. Keeps x.
public record GeluTanh(Tensor x) implements Op {
  private static final float SCALE = (float) Math.sqrt(2 / Math.PI);
  private static final float CUBIC = 0.044715f;

  private static float inner(float x) {
    return SCALE * (x + CUBIC * x * x * x);
  }

  public static Tensor apply(Tensor x) {
    NdArray y = Maps.map(x.value(), GeluTanh::forward);
    return Tensor.result(y, new GeluTanh(x));
  }

  @Override
  public List<Tensor> inputs() {
    return List.of(x);
  }

  @Override
  public void backward(NdArray dy, Gradients gradients) {
    gradients.add(x, () -> Maps.backward(dy, x.value(), GeluTanh::derivative));
  }

  private static void forward(float[] x, float[] y, int from, int to) {
    for (int i = from; i < to; i++) {
      y[i] = inner(x[i]);
    }
    Kernels.active().tanh(y, y, from, to);
    for (int i = from; i < to; i++) {
      y[i] = 0.5f * x[i] * (1f + y[i]);
    }
  }

  /// dL/dx = dy · (½ (1 + t) + ½ x (1 − t²) · u'), with t = tanh u, u = √(2/π) (x + 0.044715 x³)
  private static void derivative(
      float[] dy, float[] x, float[] dx, int from, int to) {
    for (int i = from; i < to; i++) {
      dx[i] = inner(x[i]);
    }
    Kernels.active().tanh(dx, dx, from, to);
    for (int i = from; i < to; i++) {
      float t = dx[i];
      float innerSlope = SCALE * (1f + 3f * CUBIC * x[i] * x[i]);
      dx[i] = dy[i] * (0.5f * (1f + t) + 0.5f * x[i] * (1f - t * t) * innerSlope);
    }
  }
}

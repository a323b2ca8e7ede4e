package nn.core.op;

import java.util.List;
import nn.core.Gradients;
import nn.core.NdArray;
import nn.core.Op;
import nn.core.Tensor;

/// y = min(6, max(0, x)), the rectifier of MobileNet. Keeps y.
public record Relu6(Tensor x, NdArray y) implements Op {
  public static Tensor apply(Tensor x) {
    NdArray y = Maps.map(x.value(), Relu6::forward);
    return Tensor.result(y, new Relu6(x.edge(), y));
  }

  @Override
  public List<Tensor> inputs() {
    return List.of(x);
  }

  @Override
  public void backward(NdArray dy, Gradients gradients) {
    gradients.add(x, () -> Maps.backward(dy, y, Relu6::derivative));
  }

  private static void forward(float[] x, float[] y, int from, int to) {
    for (int i = from; i < to; i++) {
      y[i] = Math.min(6f, Math.max(0f, x[i]));
    }
  }

  /// dL/dx = dy where 0 < x < 6, else 0
  private static void derivative(
      float[] dy, float[] y, float[] dx, int from, int to) {
    for (int i = from; i < to; i++) {
      dx[i] = y[i] > 0f && y[i] < 6f ? dy[i] : 0f;
    }
  }
}

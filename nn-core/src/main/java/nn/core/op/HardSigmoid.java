package nn.core.op;

import java.util.List;
import nn.core.Gradients;
import nn.core.NdArray;
import nn.core.Op;
import nn.core.Tensor;

/// y = min(1, max(0, x/6 + ½)), the straight-line sigmoid of MobileNetV3. Keeps y.
public record HardSigmoid(Tensor x, NdArray y) implements Op {
  public static Tensor apply(Tensor x) {
    NdArray y = Maps.map(x.value(), HardSigmoid::forward);
    return Tensor.result(y, new HardSigmoid(x.edge(), y));
  }

  @Override
  public List<Tensor> inputs() {
    return List.of(x);
  }

  @Override
  public void backward(NdArray dy, Gradients gradients) {
    gradients.add(x, () -> Maps.backward(dy, y, HardSigmoid::derivative));
  }

  private static void forward(float[] x, float[] y, int from, int to) {
    for (int i = from; i < to; i++) {
      y[i] = Math.min(1f, Math.max(0f, x[i] / 6f + 0.5f));
    }
  }

  /// dL/dx = dy / 6 where −3 < x < 3, else 0
  private static void derivative(
      float[] dy, float[] y, float[] dx, int from, int to) {
    for (int i = from; i < to; i++) {
      dx[i] = y[i] > 0f && y[i] < 1f ? dy[i] / 6f : 0f;
    }
  }
}

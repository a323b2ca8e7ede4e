package nn.core.op;

import java.util.List;
import nn.core.Gradients;
import nn.core.NdArray;
import nn.core.Op;
import nn.core.Tensor;

/// y = x · min(1, max(0, x/6 + ½)): Howard et al., "Searching for MobileNetV3", 2019. Keeps x.
public record HardSwish(Tensor x) implements Op {
  public static Tensor apply(Tensor x) {
    NdArray y = Maps.map(x.value(), HardSwish::forward);
    return Tensor.result(y, new HardSwish(x));
  }

  @Override
  public List<Tensor> inputs() {
    return List.of(x);
  }

  @Override
  public void backward(NdArray dy, Gradients gradients) {
    gradients.add(x, () -> Maps.backward(dy, x.value(), HardSwish::derivative));
  }

  private static void forward(float[] x, float[] y, int from, int to) {
    for (int i = from; i < to; i++) {
      y[i] = x[i] * Math.min(1f, Math.max(0f, x[i] / 6f + 0.5f));
    }
  }

  /// dL/dx = dy · (x/3 + ½) where −3 < x < 3; 0 below, dy above
  private static void derivative(
      float[] dy, float[] x, float[] dx, int from, int to) {
    for (int i = from; i < to; i++) {
      float slope = x[i] <= -3f ? 0f : x[i] >= 3f ? 1f : x[i] / 3f + 0.5f;
      dx[i] = dy[i] * slope;
    }
  }
}

package nn.core.op;

import java.util.List;
import nn.core.Gradients;
import nn.core.NdArray;
import nn.core.Op;
import nn.core.Tensor;

/// y = x where x > 0, else slope · x: Maas et al., "Rectifier Nonlinearities Improve Neural Network Acoustic Models", 2013.
public record LeakyRelu(Tensor x, float slope) implements Op {
  public static Tensor apply(Tensor x, float slope) {
    NdArray y = Maps.map(x.value(), (from, to, first, end) -> forward(from, to, slope, first, end));
    return Tensor.result(y, new LeakyRelu(x, slope));
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
            (d, kept, to, first, end) -> derivative(d, kept, to, slope, first, end)));
  }

  private static void forward(float[] x, float[] y, float slope, int from, int to) {
    for (int i = from; i < to; i++) {
      y[i] = x[i] > 0f ? x[i] : slope * x[i];
    }
  }

  /// dL/dx = dy where x > 0, else slope · dy
  private static void derivative(
      float[] dy, float[] x, float[] dx, float slope, int from, int to) {
    for (int i = from; i < to; i++) {
      dx[i] = x[i] > 0f ? dy[i] : slope * dy[i];
    }
  }
}

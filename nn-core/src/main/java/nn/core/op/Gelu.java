package nn.core.op;

import java.util.List;
import nn.core.Gradients;
import nn.core.NdArray;
import nn.core.Op;
import nn.core.Tensor;
import nn.core.kernel.Kernels;

/// y = x · Φ(x), with Φ(x) = ½ (1 + erf(x / √2)), the chance that a standard normal number is below x: Hendrycks and
/// Gimpel, "Gaussian Error Linear Units", 2016. The exact form; see [GeluTanh] for the approximation. Keeps x.
public record Gelu(Tensor x) implements Op {
  private static final float SQRT_HALF = (float) Math.sqrt(0.5);
  private static final float INVERSE_SQRT_TWO_PI = (float) (1 / Math.sqrt(2 * Math.PI));

  public static Tensor apply(Tensor x) {
    NdArray y = Maps.map(x.value(), Gelu::forward);
    return Tensor.result(y, new Gelu(x));
  }

  @Override
  public List<Tensor> inputs() {
    return List.of(x);
  }

  @Override
  public void backward(NdArray dy, Gradients gradients) {
    gradients.add(x, () -> Maps.backward(dy, x.value(), Gelu::derivative));
  }

  private static void forward(float[] x, float[] y, int from, int to) {
    for (int i = from; i < to; i++) {
      y[i] = x[i] * SQRT_HALF;
    }
    Kernels.active().erf(y, y, from, to);
    for (int i = from; i < to; i++) {
      y[i] = 0.5f * x[i] * (1f + y[i]);
    }
  }

  /// dL/dx = dy · (Φ(x) + x · φ(x)), with φ(x) = e^(−x²/2) / √(2π)
  private static void derivative(
      float[] dy, float[] x, float[] dx, int from, int to) {
    float[] erf = new float[to - from];
    float[] density = new float[to - from];
    for (int i = 0; i < erf.length; i++) {
      float v = x[from + i];
      erf[i] = v * SQRT_HALF;
      density[i] = -0.5f * v * v;
    }
    Kernels.active().erf(erf, erf, 0, erf.length);
    Kernels.active().exp(density, density, 0, density.length);
    for (int i = 0; i < erf.length; i++) {
      float slope = 0.5f * (1f + erf[i]) + x[from + i] * INVERSE_SQRT_TWO_PI * density[i];
      dx[from + i] = dy[from + i] * slope;
    }
  }
}

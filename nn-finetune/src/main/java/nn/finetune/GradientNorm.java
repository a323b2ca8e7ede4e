package nn.finetune;

import java.util.List;
import nn.core.Gradients;
import nn.core.NdArray;
import nn.core.kernel.Parallel;
import nn.layers.Parameter;

/// The L2 norm of gradients taken together: √Σ g², over every number of every gradient.
///
/// The squares are summed in double, in chunks of fixed size, the chunks in order: the same bits at
/// any number of threads.
public final class GradientNorm {
  private static final int CHUNK = 1 << 14;

  private GradientNorm() {}

  /// The norm over those of these parameters that are trainable and have a gradient.
  public static double of(Gradients gradients, Iterable<Parameter> parameters) {
    double sum = 0;
    for (Parameter parameter : parameters) {
      if (parameter.trainable()) {
        sum += parameter.gradient(gradients).map(GradientNorm::squares).orElse(0.0);
      }
    }
    return Math.sqrt(sum);
  }

  private static double squares(NdArray gradient) {
    float[] g = gradient.array();
    double[] sums = new double[(g.length + CHUNK - 1) / CHUNK];
    Parallel.range(g.length, CHUNK, (from, to) -> sums[from / CHUNK] = squares(g, from, to));
    double sum = 0;
    for (double part : sums) {
      sum += part;
    }
    return sum;
  }

  /// Four sums side by side: a single one would wait for each addition.
  private static double squares(float[] g, int from, int to) {
    double sum0 = 0;
    double sum1 = 0;
    double sum2 = 0;
    double sum3 = 0;
    int i = from;
    for (; i <= to - 4; i += 4) {
      sum0 += (double) g[i] * g[i];
      sum1 += (double) g[i + 1] * g[i + 1];
      sum2 += (double) g[i + 2] * g[i + 2];
      sum3 += (double) g[i + 3] * g[i + 3];
    }
    for (; i < to; i++) {
      sum0 += (double) g[i] * g[i];
    }
    return sum0 + sum1 + (sum2 + sum3);
  }

  /// The path of the first parameter whose gradient is not finite throughout.
  static String firstNotFinite(Gradients gradients, List<Optimizer.Owned> owned) {
    return owned.stream()
        .filter(o -> o.parameter().trainable())
        .filter(
            o -> !Double.isFinite(
                o.parameter().gradient(gradients).map(GradientNorm::squares).orElse(0.0)))
        .map(Optimizer.Owned::path)
        .findFirst()
        .orElse("all parameters together");
  }
}

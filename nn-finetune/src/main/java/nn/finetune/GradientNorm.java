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
  private static final int LANES = 8;

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

  /// Eight sums side by side: a single one would wait for each addition.
  private static double squares(float[] g, int from, int to) {
    double[] lanes = new double[LANES];
    int i = from;
    for (; i <= to - LANES; i += LANES) {
      for (int lane = 0; lane < LANES; lane++) {
        double value = g[i + lane];
        lanes[lane] += value * value;
      }
    }
    double sum = 0;
    for (; i < to; i++) {
      sum += (double) g[i] * g[i];
    }
    for (double lane : lanes) {
      sum += lane;
    }
    return sum;
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

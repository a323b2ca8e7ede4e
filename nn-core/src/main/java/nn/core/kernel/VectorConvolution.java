package nn.core.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import nn.core.ConvSettings;
import org.jspecify.annotations.Nullable;

/// Convolution and its input gradient, as [VectorSweeps]: the taps of a kernel, and the order of its weights.
///
/// The input gradient has taps of its own for each pixel phase of the step: those that reach such pixels.
final class VectorConvolution {
  private static final int WIDE = VectorTile.WIDTH;

  private static final int MOST_KEPT = 64; // geometries, each some ten thousand offsets

  /// What a geometry's sweeps are, kept for the next call: a network meets the same ones in each step.
  private record Plan(VectorSweeps sweeps, List<VectorSweeps.Taps> taps) {}

  private static final Map<ConvGeometry, Plan> FORWARD = new ConcurrentHashMap<>();
  private static final Map<ConvGeometry, Plan> GRADIENT = new ConcurrentHashMap<>();

  private VectorConvolution() {}

  private static Plan plan(
      Map<ConvGeometry, Plan> kept, ConvGeometry g, Function<ConvGeometry, Plan> make) {
    if (kept.size() >= MOST_KEPT) {
      kept.clear();
    }
    return kept.computeIfAbsent(g, make);
  }

  static void forward(
      ConvGeometry g, float[] x, float[] w, float @Nullable [] bias, float[] y,
      @Nullable PackedForms forms) {
    VectorSweeps sweeps = plan(FORWARD, g, VectorConvolution::forwardPlan).sweeps;
    int groups = g.settings().groups();
    int depth = g.inChannels() / groups * g.kernelHeight() * g.kernelWidth();
    if (forms == null || groups > 1) {
      sweeps.run(x, packed -> pack(sweeps, depth, w, packed), bias, y);
    } else {
      float[] packed =
          forms.of(
              PackedForms.Kind.DIRECT,
              () -> {
                float[] weights = new float[sweeps.weights()];
                pack(sweeps, depth, w, weights);
                return weights;
              });
      sweeps.run(x, packed, bias, y);
    }
  }

  private static Plan forwardPlan(ConvGeometry g) {
    ConvSettings s = g.settings();
    VectorSweeps sweeps =
        new VectorSweeps(
            g.inputShape(), g.outputShape(), s.groups(),
            new VectorSweeps.Axis(
                g.outHeight(), g.kernelHeight(), s.dilationHeight(), s.strideHeight(),
                s.paddingHeight()),
            new VectorSweeps.Axis(
                g.outWidth(), g.kernelWidth(), s.dilationWidth(), s.strideWidth(),
                s.paddingWidth()));
    int kernel = g.kernelHeight() * g.kernelWidth();
    int[] taps = new int[kernel];
    int[] down = new int[kernel];
    int[] right = new int[kernel];
    for (int tap = 0; tap < kernel; tap++) {
      taps[tap] = tap;
      down[tap] = tap / g.kernelWidth() * s.dilationHeight();
      right[tap] = tap % g.kernelWidth() * s.dilationWidth();
    }
    List<VectorSweeps.Taps> all = List.of(sweeps.taps(taps, down, right));
    sweeps.add(all, g.outHeight(), 0, g.outWidth());
    return new Plan(sweeps, all);
  }

  /// For each group and block of output channels, for each input channel and tap, the block's weights.
  private static void pack(VectorSweeps sweeps, int depth, float[] w, float[] packed) {
    sweeps.eachBlock(
        (channel, lanes, width) -> VectorPack.panel(
            lanes, width, depth, w, channel * depth, 1, depth, packed,
            sweeps.weightsAt(0, channel, depth)));
  }

  static void inputGradient(ConvGeometry g, float[] dy, float[] w, float[] dx) {
    Plan plan = plan(GRADIENT, g, VectorConvolution::gradientPlan);
    plan.sweeps.run(dy, packed -> pack(plan, g, w, packed), null, dx);
  }

  private static Plan gradientPlan(ConvGeometry g) {
    ConvSettings s = g.settings();
    Phases down = new Phases(
        g.inHeight(), g.kernelHeight(), s.strideHeight(), s.paddingHeight(), s.dilationHeight());
    Phases right = new Phases(
        g.inWidth(), g.kernelWidth(), s.strideWidth(), s.paddingWidth(), s.dilationWidth());
    VectorSweeps sweeps =
        new VectorSweeps(
            g.outputShape(), g.inputShape(), s.groups(),
            new VectorSweeps.Axis(down.pixels(0), down.reach(), 1, 1, -down.first),
            new VectorSweeps.Axis(right.pixels(0), right.reach(), 1, 1, -right.first));
    List<VectorSweeps.Taps> phases = new ArrayList<>();
    for (int fy = 0; fy < s.strideHeight(); fy++) {
      List<VectorSweeps.Taps> across = new ArrayList<>();
      for (int fx = 0; fx < s.strideWidth(); fx++) {
        across.add(phase(sweeps, g.kernelWidth(), down, fy, right, fx));
      }
      phases.addAll(across);
      sweeps.add(across, down.pixels(fy), fy * g.inWidth(), s.strideHeight() * g.inWidth());
    }
    return new Plan(sweeps, phases);
  }

  /// What reaches the input pixels (i · stride + fy, j · stride + fx): the same taps for all of them.
  private static VectorSweeps.Taps phase(
      VectorSweeps sweeps, int kernelWidth, Phases down, int fy, Phases right, int fx) {
    int[] tapsY = down.taps(fy);
    int[] tapsX = right.taps(fx);
    int[] taps = new int[tapsY.length * tapsX.length];
    int[] y = new int[taps.length];
    int[] x = new int[taps.length];
    for (int p = 0; p < taps.length; p++) {
      int ky = tapsY[p / tapsX.length];
      int kx = tapsX[p % tapsX.length];
      taps[p] = ky * kernelWidth + kx;
      y[p] = down.shift(fy, ky) - down.first;
      x[p] = right.shift(fx, kx) - right.first;
    }
    return sweeps.taps(taps, y, x);
  }

  /// The weights of all phases: each kernel is taken apart once.
  private static void pack(Plan plan, ConvGeometry g, float[] w, float[] packed) {
    int kernel = g.kernelHeight() * g.kernelWidth();
    int inPerGroup = g.inChannels() / g.settings().groups();
    int outPerGroup = g.outChannels() / g.settings().groups();
    plan.sweeps.eachBlock(
        (channel, lanes, width) -> {
          float[] byTap = Scratch.LANES.floats((kernel + WIDE) * lanes);
          int from =
              (channel / inPerGroup * outPerGroup * inPerGroup + channel % inPerGroup) * kernel;
          for (int c = 0; c < outPerGroup; c++, from += inPerGroup * kernel) {
            VectorPack.byTap(lanes, kernel, w, from, byTap);
            for (VectorSweeps.Taps phase : plan.taps) {
              int at =
                  plan.sweeps.weightsAt(phase.weightsAt(), channel, phase.depth())
                      + c * phase.taps().length * width;
              for (int tap : phase.taps()) {
                VectorRow.copy(byTap, tap * lanes, 1, packed, at, lanes, at + width);
                at += width;
              }
            }
          }
        });
  }
}

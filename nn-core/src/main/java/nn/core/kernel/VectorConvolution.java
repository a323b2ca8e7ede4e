package nn.core.kernel;

import java.util.ArrayList;
import java.util.List;
import nn.core.ConvSettings;
import org.jspecify.annotations.Nullable;

/// Convolution and its input gradient, as [VectorSweeps]: the taps of a kernel, and the order of its weights.
///
/// The input gradient has taps of its own for each pixel phase of the step: those that reach such pixels.
final class VectorConvolution {
  private static final ByGeometry<VectorSweeps> FORWARD =
      new ByGeometry<>(VectorConvolution::forwardSweeps);
  private static final ByGeometry<VectorSweeps> GRADIENT =
      new ByGeometry<>(VectorConvolution::gradientSweeps);

  private VectorConvolution() {}

  static void forward(
      ConvGeometry g, float[] x, float[] w, float @Nullable [] bias, float[] y,
      @Nullable PackedForms forms) {
    VectorSweeps sweeps = FORWARD.of(g);
    int groups = g.settings().groups();
    int depth = g.inChannels() / groups * g.kernelHeight() * g.kernelWidth();
    ChannelBlocks.Pack pack =
        (channel, lanes, width, packed, to) -> VectorPack.panel(
            lanes, width, depth, w, channel * depth, 1, depth, packed, to);
    if (forms == null || groups > 1) {
      sweeps.run(x, pack, bias, y);
    } else {
      float[] packed =
          forms.of(
              PackedForms.Kind.DIRECT, g.outChannels(), g.inChannels(), g.kernelHeight(),
              g.kernelWidth(), () -> sweeps.pack(pack));
      sweeps.run(x, packed, bias, y);
    }
  }

  private static VectorSweeps forwardSweeps(ConvGeometry g) {
    ConvSettings s = g.settings();
    SweepPlan plan =
        new SweepPlan(
            g.inputShape(), g.outputShape(), s.groups(), g.kernelHeight() * g.kernelWidth(),
            new Axis(
                g.outHeight(), g.kernelHeight(), s.dilationHeight(), s.strideHeight(),
                s.paddingHeight()),
            new Axis(
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
    plan.add(List.of(plan.taps(taps, down, right)), g.outHeight(), 0, g.outWidth());
    return new VectorSweeps(plan);
  }

  static void inputGradient(ConvGeometry g, float[] dy, float[] w, float[] dx) {
    int kernel = g.kernelHeight() * g.kernelWidth();
    int inPerGroup = g.inChannels() / g.settings().groups();
    int outPerGroup = g.outChannels() / g.settings().groups();
    VectorSweeps sweeps = GRADIENT.of(g);
    sweeps.run(
        dy, (channel, lanes, width, packed, to) -> {
          int first = channel / inPerGroup * outPerGroup * inPerGroup + channel % inPerGroup;
          VectorPack.kernels(
              lanes, width, kernel, outPerGroup, w, first * kernel, inPerGroup * kernel,
              sweeps.taps(), packed, to);
        }, null, dx);
  }

  private static VectorSweeps gradientSweeps(ConvGeometry g) {
    ConvSettings s = g.settings();
    Phases down = new Phases(
        g.inHeight(), g.kernelHeight(), s.strideHeight(), s.paddingHeight(), s.dilationHeight());
    Phases right = new Phases(
        g.inWidth(), g.kernelWidth(), s.strideWidth(), s.paddingWidth(), s.dilationWidth());
    SweepPlan plan =
        new SweepPlan(
            g.outputShape(), g.inputShape(), s.groups(), g.kernelHeight() * g.kernelWidth(),
            new Axis(down.pixels(0), down.reach(), 1, 1, -down.first),
            new Axis(right.pixels(0), right.reach(), 1, 1, -right.first));
    for (int fy = 0; fy < s.strideHeight(); fy++) {
      List<Taps> across = new ArrayList<>();
      for (int fx = 0; fx < s.strideWidth(); fx++) {
        across.add(phase(plan, g.kernelWidth(), down, fy, right, fx));
      }
      plan.add(across, down.pixels(fy), fy * g.inWidth(), s.strideHeight() * g.inWidth());
    }
    return new VectorSweeps(plan);
  }

  /// What reaches the input pixels (i · stride + fy, j · stride + fx): the same taps for all of them.
  private static Taps phase(
      SweepPlan plan, int kernelWidth, Phases down, int fy, Phases right, int fx) {
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
    return plan.taps(taps, y, x);
  }
}

package nn.benchmarks.peers;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.convolutional.Conv2d;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import nn.core.ConvSettings;
import nn.core.NdArray;
import nn.core.Shape;
import nn.core.kernel.ConvGeometry;
import nn.core.kernel.Kernels;

/// Convolutions of the residual and mobile networks: forward, and the gradients of input and kernel.
final class Convolutions {
  private enum Part {
    FORWARD("forward"), INPUT("input gradient"), WEIGHT("weight gradient");

    final String text;

    Part(String text) {
      this.text = text;
    }
  }

  private final List<Work> all = new ArrayList<>();

  private Convolutions() {}

  static List<Work> all() {
    Convolutions c = new Convolutions();
    int[][] squares = {{64, 56}, {128, 28}, {256, 14}, {512, 7}};
    for (int[] s : squares) {
      ConvGeometry g = geometry(8, s[0], s[1], s[0], 3, ConvSettings.DEFAULT.padding(1));
      c.add("convolution 3×3", g, Part.FORWARD, 1.4);
      c.add("convolution 3×3", g, Part.INPUT, 1.4);
      c.add("convolution 3×3, weight gradient", g, Part.WEIGHT, 1.0);
    }
    int[][] points = {{256, 56, 64}, {64, 56, 256}, {512, 28, 128}, {1024, 14, 256},
        {256, 14, 1024}, {32, 112, 16}};
    for (int[] s : points) {
      ConvGeometry g = geometry(8, s[0], s[1], s[2], 1, ConvSettings.DEFAULT);
      for (Part part : Part.values()) {
        c.add("convolution 1×1", g, part, 1.1);
      }
    }
    int[][] strided = {{64, 56, 128}, {128, 28, 256}, {256, 14, 512}};
    for (int[] s : strided) {
      ConvGeometry g =
          geometry(8, s[0], s[1], s[2], 3, ConvSettings.DEFAULT.padding(1).stride(2));
      for (Part part : Part.values()) {
        c.add("convolution with a step of 2", g, part, 1.0);
      }
    }
    ConvGeometry stem = geometry(8, 3, 224, 64, 7, ConvSettings.DEFAULT.padding(3).stride(2));
    c.add("convolution with a step of 2", stem, Part.FORWARD, 1.0);
    c.add("convolution with a step of 2", stem, Part.WEIGHT, 1.0);
    int[][] depthwise = {{32, 112, 1}, {144, 56, 1}, {96, 112, 2}, {384, 14, 1}, {960, 7, 1}};
    for (int[] s : depthwise) {
      ConvGeometry g =
          geometry(
              8, s[0], s[1], s[0], 3,
              ConvSettings.DEFAULT.padding(1).stride(s[2]).groups(s[0]));
      for (Part part : Part.values()) {
        c.add("depthwise convolution", g, part, 1.3);
      }
    }
    return c.all;
  }

  private static ConvGeometry geometry(
      int batch, int in, int side, int out, int kernel, ConvSettings settings) {
    return ConvGeometry.of(
        Shape.of(batch, in, side, side), Shape.of(out, in / settings.groups(), kernel, kernel),
        settings);
  }

  private void add(String group, ConvGeometry g, Part part, double target) {
    String name =
        g.inChannels() + "→" + g.outChannels() + " " + g.kernelHeight() + "×" + g.kernelWidth()
            + " of " + g.inHeight() + "×" + g.inWidth()
            + (g.settings().strideHeight() == 1 ? "" : " step " + g.settings().strideHeight())
            + ", " + part.text;
    double flops = 2.0 * g.outputShape().size() * g.kernelShape().size() / g.outChannels();
    double bytes =
        4.0 * ((double) g.inputShape().size() + g.kernelShape().size() + g.outputShape().size());
    all.add(
        new Work(
            group, name, "PyTorch", target, false, () -> flops,
            g.settings().groups() == 1 ? 0 : bytes, () -> sides(g, part)));
  }

  /// Both sides get plain weights, and lay them out in each call, as in training, where they change in each step. Our result is
  /// an array that is there already: in a pass it would come from a workspace, which takes no time beside a convolution.
  private static Work.Sides sides(ConvGeometry g, Part part) {
    Torch.record(part != Part.FORWARD);
    SplittableRandom random = new SplittableRandom(1);
    NdArray x = NdArray.normal(g.inputShape(), 1, random);
    NdArray w = NdArray.normal(g.kernelShape(), 0.1f, random);
    NdArray dy = NdArray.normal(g.outputShape(), 1, random);
    NdArray result = NdArray.zeros(
        switch (part) {
          case FORWARD -> g.outputShape();
          case INPUT -> g.inputShape();
          case WEIGHT -> g.kernelShape();
        });
    Kernels kernels = Kernels.active();
    Runnable ours = switch (part) {
      case FORWARD -> () -> kernels.conv2d(g, x.array(), w.array(), null, result.writable());
      case INPUT -> () -> kernels.conv2dInputGradient(g, dy.array(), w.array(), result.writable());
      case WEIGHT -> () -> kernels
          .conv2dWeightGradient(g, x.array(), dy.array(), result.writable());
    };
    NDArray tx = Torch.array(x);
    NDArray tw = Torch.array(w);
    NDArray tdy = Torch.array(dy);
    Peer peer = new Peer(g, part, tx, tw, tdy);
    return new Work.Sides(
        Timed.of(ours),
        peer::run,
        () -> {
          ours.run();
          return result.array();
        },
        peer::result,
        () -> {
          tx.close();
          tw.close();
          tdy.close();
        });
  }

  private record Peer(ConvGeometry g, Part part, NDArray x, NDArray w, NDArray dy) {
    private NDArray forward(NDArray input, NDArray kernel) {
      ConvSettings s = g.settings();
      return Conv2d.conv2d(
          input, kernel, null, new ai.djl.ndarray.types.Shape(s.strideHeight(), s.strideWidth()),
          new ai.djl.ndarray.types.Shape(s.paddingHeight(), s.paddingWidth()),
          new ai.djl.ndarray.types.Shape(1, 1), s.groups()).singletonOrThrow();
    }

    long run() {
      if (part == Part.FORWARD) {
        long start = System.nanoTime();
        forward(x, w).close();
        return System.nanoTime() - start;
      }
      return backward(false).nanos();
    }

    float[] result() {
      return part == Part.FORWARD
          ? Torch.floats(forward(x, w))
          : Torch.floats(backward(true).gradient());
    }

    /// Only the backward pass is timed, and only one of the two gradients asked for.
    private Torch.Backward backward(boolean keep) {
      NDArray leaf = Torch.leaf(part == Part.INPUT ? x : w);
      return Torch.backward(
          leaf, () -> part == Part.INPUT ? forward(leaf, w) : forward(x, leaf), dy, keep);
    }
  }
}

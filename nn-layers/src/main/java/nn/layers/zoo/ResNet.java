package nn.layers.zoo;

import java.util.random.RandomGenerator;
import nn.core.PoolSettings;
import nn.layers.Activation;
import nn.layers.BatchNorm2d;
import nn.layers.Conv2d;
import nn.layers.GlobalAvgPool2d;
import nn.layers.Identity;
import nn.layers.Layer;
import nn.layers.Linear;
import nn.layers.MaxPool2d;
import nn.layers.Sequential;

/// Residual networks for photographs: He et al., "Deep Residual Learning for Image Recognition",
/// 2015, with the names of torchvision. Images `[3×224×224]`, or any size from about 32 on. For the
/// smaller ones of the same paper see [CifarResNet].
///
/// | | blocks | numbers with 1000 classes |
/// | --- | --- | --- |
/// | [#resnet18] | 2, 2, 2, 2 of two convolutions | 11.7 million |
/// | [#resnet34] | 3, 4, 6, 3 of two convolutions | 21.8 million |
/// | [#resnet50] | 3, 4, 6, 3 of three convolutions | 25.6 million |
/// | [#resnet101] | 3, 4, 23, 3 of three convolutions | 44.5 million |
public final class ResNet {
  /// Makes one block; the shortcut is its affair.
  @FunctionalInterface
  private interface Block {
    Layer of(int in, int channels, int stride, RandomGenerator random);
  }

  private static final int[] CHANNELS = {64, 128, 256, 512};

  private ResNet() {}

  /// ResNet-18, with `classes` outputs and weights drawn from `random`.
  public static Layer resnet18(int classes, RandomGenerator random) {
    return resnet(ResNet::basicBlock, 1, new int[] {2, 2, 2, 2}, classes, random);
  }

  /// ResNet-34, with `classes` outputs and weights drawn from `random`.
  public static Layer resnet34(int classes, RandomGenerator random) {
    return resnet(ResNet::basicBlock, 1, new int[] {3, 4, 6, 3}, classes, random);
  }

  /// ResNet-50, with `classes` outputs and weights drawn from `random`.
  public static Layer resnet50(int classes, RandomGenerator random) {
    return resnet(
        ResNet::bottleneck, Bottleneck.EXPANSION, new int[] {3, 4, 6, 3}, classes, random);
  }

  /// ResNet-101, with `classes` outputs and weights drawn from `random`.
  public static Layer resnet101(int classes, RandomGenerator random) {
    return resnet(
        ResNet::bottleneck, Bottleneck.EXPANSION, new int[] {3, 4, 23, 3}, classes, random);
  }

  private static Layer resnet(
      Block block, int expansion, int[] depths, int classes, RandomGenerator random) {
    Sequential network =
        new Sequential()
            .add("conv1", Conv2d.of(3, 64, 7).stride(2).padding(3).withoutBias().build(random))
            .add("bn1", new BatchNorm2d(64))
            .add("relu", Activation.relu())
            .add("maxpool", new MaxPool2d(PoolSettings.of(3).stride(2).padding(1)));
    int in = 64;
    for (int stage = 0; stage < depths.length; stage++) {
      Sequential blocks = new Sequential();
      for (int i = 0; i < depths[stage]; i++) {
        int stride = stage > 0 && i == 0 ? 2 : 1;
        blocks.add(Integer.toString(i), block.of(in, CHANNELS[stage], stride, random));
        in = CHANNELS[stage] * expansion;
      }
      network.add("layer" + (stage + 1), blocks);
    }
    return network
        .add("avgpool", new GlobalAvgPool2d())
        .add("fc", new Linear(in, classes, random))
        .withHead("fc");
  }

  private static Layer basicBlock(int in, int channels, int stride, RandomGenerator random) {
    return new BasicBlock(in, channels, stride, shortcut(in, channels, stride, random), random);
  }

  private static Layer bottleneck(int in, int inner, int stride, RandomGenerator random) {
    Layer shortcut = shortcut(in, inner * Bottleneck.EXPANSION, stride, random);
    return new Bottleneck(in, inner, stride, shortcut, random);
  }

  /// The block's input itself where it has the shape of the sum, else a 1×1 convolution of it:
  /// "option B" of the paper.
  private static Layer shortcut(int in, int out, int stride, RandomGenerator random) {
    return in == out && stride == 1
        ? new Identity()
        : Sequential.of(
            Conv2d.of(in, out, 1).stride(stride).withoutBias().build(random), new BatchNorm2d(out));
  }

  static Conv2d conv3x3(int in, int out, int stride, RandomGenerator random) {
    return Conv2d.of(in, out, 3).stride(stride).padding(1).withoutBias().build(random);
  }
}

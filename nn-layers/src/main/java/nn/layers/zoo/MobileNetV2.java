package nn.layers.zoo;

import java.util.random.RandomGenerator;
import nn.layers.Activation;
import nn.layers.BatchNorm2d;
import nn.layers.Conv2d;
import nn.layers.Dropout;
import nn.layers.GlobalAvgPool2d;
import nn.layers.Layer;
import nn.layers.Linear;
import nn.layers.Residual;
import nn.layers.Sequential;

/// A network for small machines: Sandler et al., "MobileNetV2: Inverted Residuals and Linear
/// Bottlenecks", 2018, with the names of torchvision. 3.5 million numbers with 1000 classes, most
/// of its work in 1×1 and depthwise convolutions. Images `[3×224×224]`, or any size from about 32
/// on.
public final class MobileNetV2 {
  /// Equal blocks in a row; the first one has the step.
  private record Stage(int expansion, int channels, int blocks, int stride) {}

  private static final Stage[] STAGES = {
      new Stage(1, 16, 1, 1),
      new Stage(6, 24, 2, 2),
      new Stage(6, 32, 3, 2),
      new Stage(6, 64, 4, 2),
      new Stage(6, 96, 3, 1),
      new Stage(6, 160, 3, 2),
      new Stage(6, 320, 1, 1),
  };
  private static final int FIRST = 32;
  private static final int LAST = 1280;

  private MobileNetV2() {}

  /// The network with fresh weights.
  ///
  /// @param classes how many classes the head tells apart, 1 or more
  /// @param random draws the weights
  public static Layer mobilenetV2(int classes, RandomGenerator random) {
    Sequential features = new Sequential();
    features.add("0", convolution(Conv2d.of(3, FIRST, 3).stride(2).padding(1), FIRST, random));
    int in = FIRST;
    int name = 1;
    for (Stage stage : STAGES) {
      for (int i = 0; i < stage.blocks(); i++) {
        int stride = i == 0 ? stage.stride() : 1;
        features.add(
            Integer.toString(name++),
            invertedResidual(in, stage.channels(), stride, stage.expansion(), random));
        in = stage.channels();
      }
    }
    features.add(Integer.toString(name), convolution(Conv2d.of(in, LAST, 1), LAST, random));
    return new Sequential()
        .add("features", features)
        .add("avgpool", new GlobalAvgPool2d())
        .add("classifier", Sequential.of(new Dropout(0.2), new Linear(LAST, classes, random)))
        .withHead("classifier.1");
  }

  /// 1×1 to many channels, 3×3 on each channel by itself, 1×1 to few channels, with no rectifier
  /// after it; and the input added where it has the shape of the sum.
  private static Layer invertedResidual(
      int in, int out, int stride, int expansion, RandomGenerator random) {
    int inner = in * expansion;
    Conv2d.Builder depthwise = Conv2d.of(inner, inner, 3).stride(stride).padding(1).groups(inner);
    Conv2d.Builder project = Conv2d.of(inner, out, 1).withoutBias();
    Sequential conv =
        expansion == 1
            ? Sequential.of(
                convolution(depthwise, inner, random), project.build(random), new BatchNorm2d(out))
            : Sequential.of(
                convolution(Conv2d.of(in, inner, 1), inner, random),
                convolution(depthwise, inner, random),
                project.build(random),
                new BatchNorm2d(out));
    return stride == 1 && in == out
        ? new Residual("conv", conv)
        : new Sequential().add("conv", conv);
  }

  private static Sequential convolution(
      Conv2d.Builder convolution, int out, RandomGenerator random) {
    return Sequential.of(
        convolution.withoutBias().build(random), new BatchNorm2d(out), Activation.relu6());
  }
}

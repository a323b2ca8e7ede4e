package nn.layers.zoo;

import java.util.random.RandomGenerator;
import nn.layers.Activation;
import nn.layers.BatchNorm2d;
import nn.layers.Conv2d;
import nn.layers.GlobalAvgPool2d;
import nn.layers.Layer;
import nn.layers.Linear;
import nn.layers.MaxPool2d;
import nn.layers.Sequential;

/// Three convolutions of 16, 32 and 64 channels, each with batch norm and a rectifier, and a linear
/// layer on the mean over the image: a network that learns to see within seconds, without any
/// published weights. Images `[3×32×32]`, or of any size from 4×4 up.
public final class SmallCnn {
  private SmallCnn() {}

  /// The network with fresh weights.
  ///
  /// @param classes how many classes the head tells apart, 1 or more
  /// @param random draws the weights
  public static Layer smallCnn(int classes, RandomGenerator random) {
    return new Sequential()
        .add("conv1", conv3x3(3, 16, random))
        .add("bn1", new BatchNorm2d(16))
        .add("relu1", Activation.relu())
        .add("pool1", new MaxPool2d(2))
        .add("conv2", conv3x3(16, 32, random))
        .add("bn2", new BatchNorm2d(32))
        .add("relu2", Activation.relu())
        .add("pool2", new MaxPool2d(2))
        .add("conv3", conv3x3(32, 64, random))
        .add("bn3", new BatchNorm2d(64))
        .add("relu3", Activation.relu())
        .add("avgpool", new GlobalAvgPool2d())
        .add("fc", new Linear(64, classes, random))
        .withHead("fc");
  }

  private static Conv2d conv3x3(int in, int out, RandomGenerator random) {
    return ResNet.conv3x3(in, out, 1, random);
  }
}

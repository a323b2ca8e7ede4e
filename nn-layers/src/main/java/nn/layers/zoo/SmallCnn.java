package nn.layers.zoo;

import java.util.random.RandomGenerator;
import nn.layers.Activation;
import nn.layers.Conv2d;
import nn.layers.Flatten;
import nn.layers.Layer;
import nn.layers.Linear;
import nn.layers.MaxPool2d;
import nn.layers.Sequential;

/// Three convolutions of 16, 32 and 64 channels, each followed by a rectifier and a pooling that
/// halves the sides, and one linear layer: a network that learns to see within seconds, without any
/// published weights. Images `[3×32×32]`.
public final class SmallCnn {
  private SmallCnn() {}

  /// The network with fresh weights.
  ///
  /// @param classes how many classes the head tells apart, 1 or more
  /// @param random draws the weights
  public static Layer smallCnn(int classes, RandomGenerator random) {
    return new Sequential()
        .add("conv1", Conv2d.of(3, 16, 3).padding(1).build(random))
        .add("relu1", Activation.relu())
        .add("pool1", new MaxPool2d(2))
        .add("conv2", Conv2d.of(16, 32, 3).padding(1).build(random))
        .add("relu2", Activation.relu())
        .add("pool2", new MaxPool2d(2))
        .add("conv3", Conv2d.of(32, 64, 3).padding(1).build(random))
        .add("relu3", Activation.relu())
        .add("pool3", new MaxPool2d(2))
        .add("flatten", new Flatten())
        .add("fc", new Linear(64 * 4 * 4, classes, random))
        .withHead("fc");
  }
}

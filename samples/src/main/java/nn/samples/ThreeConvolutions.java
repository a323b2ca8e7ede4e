package nn.samples;

import java.util.random.RandomGenerator;
import nn.layers.Activation;
import nn.layers.Conv2d;
import nn.layers.Flatten;
import nn.layers.Layer;
import nn.layers.Linear;
import nn.layers.MaxPool2d;
import nn.layers.Sequential;

/// The network of the lessons on images of 32×32 in colour: three convolutions, each followed by a rectifier and a pooling that
/// halves the sides, and a linear layer. Put together by hand, so that one sees what is in it.
final class ThreeConvolutions {
  private ThreeConvolutions() {}

  static Layer create(int classes, RandomGenerator random) {
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

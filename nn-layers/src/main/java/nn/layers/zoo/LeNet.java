package nn.layers.zoo;

import java.util.random.RandomGenerator;
import nn.layers.Activation;
import nn.layers.Conv2d;
import nn.layers.Flatten;
import nn.layers.Layer;
import nn.layers.Linear;
import nn.layers.MaxPool2d;
import nn.layers.Sequential;

/// LeNet-5, the network that read digits: LeCun et al., "Gradient-Based Learning Applied to
/// Document Recognition", 1998. With rectifiers and maximum pooling in place of the original's
/// sigmoids and means, as is the custom today. Images `[1×28×28]`.
public final class LeNet {
  private LeNet() {}

  /// The network with fresh weights.
  ///
  /// @param classes how many classes the head tells apart, 1 or more
  /// @param random draws the weights
  public static Layer lenet(int classes, RandomGenerator random) {
    return new Sequential()
        .add("conv1", Conv2d.of(1, 6, 5).padding(2).build(random))
        .add("relu1", Activation.relu())
        .add("pool1", new MaxPool2d(2))
        .add("conv2", new Conv2d(6, 16, 5, random))
        .add("relu2", Activation.relu())
        .add("pool2", new MaxPool2d(2))
        .add("flatten", new Flatten())
        .add("fc1", new Linear(16 * 5 * 5, 120, random))
        .add("relu3", Activation.relu())
        .add("fc2", new Linear(120, 84, random))
        .add("relu4", Activation.relu())
        .add("fc3", new Linear(84, classes, random))
        .withHead("fc3");
  }
}

package nn.layers;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import nn.core.NdArray;
import nn.core.Shape;

/// A network with one of everything that freezing is about, and inputs for it.
final class SmallNetwork {
  static final Shape INPUT = Shape.of(2, 6, 6);

  private SmallNetwork() {}

  /// conv → norm → relu → pool → flatten → drop → fc, three classes.
  static Layer create() {
    RandomGenerator random = new SplittableRandom(1);
    return new Sequential()
        .add("conv", Conv2d.of(2, 4, 3).padding(1).withoutBias().build(random))
        .add("norm", new BatchNorm2d(4))
        .add("relu", Activation.relu())
        .add("pool", new MaxPool2d(2))
        .add("flatten", new Flatten())
        .add("drop", new Dropout(0.5))
        .add("fc", new Linear(36, 3, random))
        .withHead("fc");
  }

  /// Four images.
  static NdArray images() {
    return NdArray.normal(Shape.of(4, 2, 6, 6), 1f, new SplittableRandom(2));
  }
}

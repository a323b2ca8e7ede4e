package nn.layers.zoo;

import java.util.random.RandomGenerator;
import nn.core.Tensor;
import nn.layers.Activation;
import nn.layers.BatchNorm2d;
import nn.layers.Conv2d;
import nn.layers.Layer;
import nn.layers.Pass;
import nn.layers.Slot;

/// A 1×1 convolution to fewer channels, a 3×3 convolution there, a 1×1 convolution to four times as
/// many, and the block's input added: the block of ResNet-50 and deeper ones.
///
/// The step is in the 3×3 convolution ("version 1.5", as torchvision has it), not in the first 1×1
/// as in the paper and in Keras: weights of one do not fit the other, though the shapes do.
final class Bottleneck extends Layer {
  /// How many times the inner channels come out.
  static final int EXPANSION = 4;

  private final Slot conv1;
  private final Slot bn1;
  private final Slot relu1;
  private final Slot conv2;
  private final Slot bn2;
  private final Slot relu2;
  private final Slot conv3;
  private final Slot bn3;
  private final Slot downsample;
  private final Slot relu3;

  /// @param inner the channels between the 1×1 convolutions
  /// @param stride the step of the 3×3 convolution
  /// @param downsample brings the block's input to the shape of the sum
  Bottleneck(int in, int inner, int stride, Layer downsample, RandomGenerator random) {
    super();
    int out = inner * EXPANSION;
    conv1 = slot("conv1", Conv2d.of(in, inner, 1).withoutBias().build(random));
    bn1 = slot("bn1", new BatchNorm2d(inner));
    relu1 = slot("relu1", Activation.relu());
    conv2 = slot("conv2", ResNet.conv3x3(inner, inner, stride, random));
    bn2 = slot("bn2", new BatchNorm2d(inner));
    relu2 = slot("relu2", Activation.relu());
    conv3 = slot("conv3", Conv2d.of(inner, out, 1).withoutBias().build(random));
    bn3 = slot("bn3", new BatchNorm2d(out));
    this.downsample = slot("downsample", downsample);
    relu3 = slot("relu3", Activation.relu());
  }

  @Override
  protected Tensor compute(Tensor x, Pass pass) {
    Tensor y = chain(x, pass, conv1, bn1, relu1, conv2, bn2, relu2, conv3, bn3);
    return sum(y, downsample.forward(x, pass), relu3, pass);
  }
}

package nn.layers.zoo;

import java.util.random.RandomGenerator;
import nn.core.Tensor;
import nn.layers.Activation;
import nn.layers.BatchNorm2d;
import nn.layers.Layer;
import nn.layers.Pass;
import nn.layers.Slot;

/// Two 3×3 convolutions, and the block's input added to what they find: the block of ResNet-18 and
/// ResNet-34 and of the ResNets for CIFAR.
final class BasicBlock extends Layer {
  private final Slot conv1;
  private final Slot bn1;
  private final Slot relu1;
  private final Slot conv2;
  private final Slot bn2;
  private final Slot downsample;
  private final Slot relu2;

  /// @param stride the step of the first convolution
  /// @param downsample brings the block's input to the shape of the sum
  BasicBlock(int in, int out, int stride, Layer downsample, RandomGenerator random) {
    super();
    conv1 = slot("conv1", ResNet.conv3x3(in, out, stride, random));
    bn1 = slot("bn1", new BatchNorm2d(out));
    relu1 = slot("relu1", Activation.relu());
    conv2 = slot("conv2", ResNet.conv3x3(out, out, 1, random));
    bn2 = slot("bn2", new BatchNorm2d(out));
    this.downsample = slot("downsample", downsample);
    relu2 = slot("relu2", Activation.relu());
  }

  @Override
  protected Tensor compute(Tensor x, Pass pass) {
    Tensor y = chain(x, pass, conv1, bn1, relu1, conv2, bn2);
    return sum(y, downsample.forward(x, pass), relu2, pass);
  }
}

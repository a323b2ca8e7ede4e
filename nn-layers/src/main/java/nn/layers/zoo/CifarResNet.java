package nn.layers.zoo;

import java.util.random.RandomGenerator;
import nn.layers.Activation;
import nn.layers.BatchNorm2d;
import nn.layers.GlobalAvgPool2d;
import nn.layers.Identity;
import nn.layers.Layer;
import nn.layers.Linear;
import nn.layers.Sequential;

/// The residual networks for small images of He et al., "Deep Residual Learning for Image
/// Recognition", 2015, section 4.2: three stages of 16, 32 and 64 channels, and shortcuts without
/// parameters ([Subsample]). Images `[3×32×32]`. A depth of 20, 32, 44, 56 or 110 is 6n + 2 for n
/// blocks a stage.
public final class CifarResNet {
  private static final int[] CHANNELS = {16, 32, 64};

  private CifarResNet() {}

  /// The network with fresh weights.
  ///
  /// @param depth how many layers with weights lie between image and classes: 6n + 2
  /// @param classes how many classes the head tells apart, 1 or more
  /// @param random draws the weights
  /// @throws IllegalArgumentException if `depth` is not 6n + 2 with n of 1 or more
  public static Layer resnet(int depth, int classes, RandomGenerator random) {
    if (depth < 8 || depth % 6 != 2) {
      throw new IllegalArgumentException("the depth must be 8, 14, 20, …, 6n + 2, got " + depth);
    }
    Sequential network =
        new Sequential()
            .add("conv1", ResNet.conv3x3(3, CHANNELS[0], 1, random))
            .add("bn1", new BatchNorm2d(CHANNELS[0]))
            .add("relu", Activation.relu());
    int in = CHANNELS[0];
    for (int stage = 0; stage < CHANNELS.length; stage++) {
      int out = CHANNELS[stage];
      Sequential blocks = new Sequential();
      for (int i = 0; i < (depth - 2) / 6; i++) {
        int stride = stage > 0 && i == 0 ? 2 : 1;
        Layer shortcut = stride == 1 ? new Identity() : new Subsample(out - in);
        blocks.add(Integer.toString(i), new BasicBlock(in, out, stride, shortcut, random));
        in = out;
      }
      network.add("layer" + (stage + 1), blocks);
    }
    return network
        .add("avgpool", new GlobalAvgPool2d())
        .add("linear", new Linear(in, classes, random))
        .withHead("linear");
  }
}

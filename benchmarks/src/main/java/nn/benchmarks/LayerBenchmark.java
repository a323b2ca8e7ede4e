package nn.benchmarks;

import java.util.SplittableRandom;
import nn.core.NdArray;
import nn.core.PoolSettings;
import nn.core.Shape;
import nn.core.Tensor;
import nn.core.Workspace;
import nn.layers.Activation;
import nn.layers.AdaptiveAvgPool2d;
import nn.layers.AvgPool2d;
import nn.layers.BatchNorm2d;
import nn.layers.Conv2d;
import nn.layers.Dropout;
import nn.layers.GlobalAvgPool2d;
import nn.layers.GroupNorm;
import nn.layers.Layer;
import nn.layers.LayerNorm;
import nn.layers.Linear;
import nn.layers.MaxPool2d;
import nn.layers.MultiHeadAttention;
import nn.layers.Pass;
import nn.layers.Sequential;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/// Single layers as a user has them: at inference, and forward and backward in training.
public class LayerBenchmark extends OnBothKernels {
  @Param({
      "conv3x3", "depthwise", "linear", "batchNorm", "batchNormRelu", "layerNorm", "groupNorm",
      "relu", "gelu", "softmax", "maxPool", "avgPool", "adaptiveAvgPool", "globalAvgPool",
      "dropout",
      "attention"
  }) public String layer = "linear";

  private Layer network = Activation.relu();
  private NdArray x = NdArray.scalar(0);
  private final Workspace workspace = new Workspace();

  @Setup
  public void make() {
    SplittableRandom random = new SplittableRandom(1);
    Shape image = Shape.of(8, 64, 56, 56);
    Shape rows = Shape.of(256, 512);
    network = switch (layer) {
      case "conv3x3" -> Conv2d.of(64, 64, 3).padding(1).build(random);
      case "depthwise" -> Conv2d.of(64, 64, 3).padding(1).groups(64).build(random);
      case "linear" -> new Linear(512, 512, random);
      case "batchNorm" -> new BatchNorm2d(64);
      case "batchNormRelu" -> Sequential.of(new BatchNorm2d(64), Activation.relu());
      case "layerNorm" -> new LayerNorm(512);
      case "groupNorm" -> new GroupNorm(8, 64);
      case "relu" -> Activation.relu();
      case "gelu" -> Activation.gelu();
      case "softmax" -> Activation.softmax();
      case "maxPool" -> new MaxPool2d(PoolSettings.of(3).stride(2).padding(1));
      case "avgPool" -> new AvgPool2d(2);
      case "adaptiveAvgPool" -> new AdaptiveAvgPool2d(7, 7);
      case "globalAvgPool" -> new GlobalAvgPool2d();
      case "dropout" -> new Dropout(0.5);
      case "attention" -> new MultiHeadAttention(512, 8, random);
      default -> throw new IllegalArgumentException(layer);
    };
    x = switch (layer) {
      case "linear", "layerNorm", "softmax" -> NdArray.normal(rows, 1, random);
      case "attention" -> NdArray.normal(Shape.of(8, 64, 512), 1, random);
      default -> NdArray.normal(image, 1, random);
    };
  }

  @Benchmark
  public float inference() {
    try (Pass pass = Pass.inference(workspace)) {
      return network.forward(x, pass).value().array()[0];
    }
  }

  @Benchmark
  public int training() {
    try (Pass pass = Pass.training(1, workspace)) {
      Tensor input = Tensor.variable(workspace.adopt(x));
      return network.forward(input, pass).sum().backward().size();
    }
  }
}

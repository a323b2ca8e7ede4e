package nn.benchmarks;

import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import nn.core.NdArray;
import nn.core.Shape;
import nn.core.Tensor;
import nn.core.Workspace;
import nn.finetune.Freezing;
import nn.finetune.ParameterGroup;
import nn.finetune.Sgd;
import nn.layers.Layer;
import nn.layers.Pass;
import nn.layers.zoo.ModelZoo;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.Warmup;

/// Whole networks: inference, and steps that train all layers, the last stage, the head.
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 5, time = 2)
public class NetworkBenchmark extends OnBothKernels {
  /// name, side of the images, batch.
  @Param({
      "cifar-resnet20:32:128", "resnet18:224:8", "resnet18:224:1", "resnet50:224:4",
      "mobilenet_v2:224:8"
  }) public String network = "cifar-resnet20:32:128";

  private static final float RATE = 1e-5f; // fresh weights must not run away

  /// A network of its own for each benchmark: freezing lasts.
  private static final class Trained {
    final Layer model;
    final Sgd optimizer;
    final Workspace workspace = new Workspace();

    Trained(String name, String part) {
      model = ModelZoo.create(name, 10);
      Freezing.parse(part).applyTo(model);
      optimizer = new Sgd(ParameterGroup.of(model.parameters(), RATE));
    }

    float step(NdArray x, int[] labels) {
      try (Pass pass = Pass.training(1, workspace)) {
        Tensor loss = model.forward(x, pass).crossEntropy(labels);
        optimizer.step(loss.backward());
        return loss.value().item();
      }
    }
  }

  private Trained all = new Trained("cifar-resnet20", "all");
  private Trained lastStage = all;
  private Trained head = all;
  private NdArray x = NdArray.scalar(0);
  private int[] labels = {};

  @Setup
  public void make() {
    String[] words = network.split(":", -1);
    int side = Integer.parseInt(words[1]);
    int batch = Integer.parseInt(words[2]);
    all = new Trained(words[0], "all");
    lastStage = new Trained(words[0], "last-stage");
    head = new Trained(words[0], "head");
    x = NdArray.normal(Shape.of(batch, 3, side, side), 1, new SplittableRandom(1));
    labels = new int[batch];
    for (int i = 0; i < batch; i++) {
      labels[i] = i % 10;
    }
  }

  @Benchmark
  public float inference() {
    try (Pass pass = Pass.inference(all.workspace)) {
      return all.model.forward(x, pass).value().array()[0];
    }
  }

  @Benchmark
  public float trainAll() {
    return all.step(x, labels);
  }

  @Benchmark
  public float trainLastStage() {
    return lastStage.step(x, labels);
  }

  @Benchmark
  public float trainHead() {
    return head.step(x, labels);
  }
}

package nn.benchmarks;

import java.util.Objects;
import java.util.SplittableRandom;
import nn.core.Gradients;
import nn.core.NdArray;
import nn.core.Shape;
import nn.core.Tensor;
import nn.finetune.Adam;
import nn.finetune.AdamW;
import nn.finetune.Optimizer;
import nn.finetune.ParameterGroup;
import nn.finetune.Sgd;
import nn.layers.Linear;
import nn.layers.Pass;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/// The update of four million numbers, as many as stream from memory.
public class OptimizerBenchmark extends OnBothKernels {
  @Param({"sgd", "sgdMomentum", "adam", "adamw"}) public String optimizer = "sgd";

  private Optimizer updates = new Sgd(ParameterGroup.of(layer().parameters(), 0));
  private @Nullable Gradients gradients;

  private static Linear layer() {
    return new Linear(2048, 2048, new SplittableRandom(1));
  }

  @Setup
  public void make() {
    Linear layer = layer();
    ParameterGroup group = ParameterGroup.of(layer.parameters(), 1e-9);
    updates = switch (optimizer) {
      case "sgd" -> new Sgd(group);
      case "sgdMomentum" -> new Sgd(group).withMomentum(0.9);
      case "adam" -> new Adam(group);
      case "adamw" -> new AdamW(group);
      default -> throw new IllegalArgumentException(optimizer);
    };
    NdArray x = NdArray.normal(Shape.of(1, 2048), 1, new SplittableRandom(2));
    gradients = layer.forward(Tensor.constant(x), Pass.training(1)).sum().backward();
  }

  @Benchmark
  public void step() {
    updates.step(Objects.requireNonNull(gradients));
  }
}

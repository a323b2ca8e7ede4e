package nn.benchmarks;

import java.util.SplittableRandom;
import nn.core.NdArray;
import nn.core.Shape;
import nn.core.Tensor;
import nn.core.Workspace;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Setup;

/// The mean cross entropy of 256 rows of scores for 1000 classes: alone, and with its gradient.
public class LossBenchmark extends OnBothKernels {
  private static final int ROWS = 256;
  private static final int CLASSES = 1000;

  private final int[] labels = new int[ROWS];
  private final Workspace workspace = new Workspace();
  private NdArray scores = NdArray.scalar(0);

  @Setup
  public void make() {
    scores = NdArray.normal(Shape.of(ROWS, CLASSES), 1, new SplittableRandom(1));
    for (int i = 0; i < ROWS; i++) {
      labels[i] = i * 7 % CLASSES;
    }
  }

  @Benchmark
  public float crossEntropy() {
    float loss = Tensor.constant(workspace.adopt(scores)).crossEntropy(labels).value().item();
    workspace.recycle();
    return loss;
  }

  @Benchmark
  public int crossEntropyWithGradient() {
    Tensor x = Tensor.variable(workspace.adopt(scores));
    int gradients = x.crossEntropy(labels).backward().size();
    workspace.recycle();
    return gradients;
  }
}

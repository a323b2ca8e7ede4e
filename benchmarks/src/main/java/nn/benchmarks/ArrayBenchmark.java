package nn.benchmarks;

import java.util.SplittableRandom;
import nn.core.NdArray;
import nn.core.Shape;
import nn.core.Workspace;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Setup;

/// What arrays do element by element and along an axis, for a million numbers: each result from a workspace, as in a pass.
public class ArrayBenchmark extends OnBothKernels {
  private final Workspace workspace = new Workspace();
  private NdArray x = NdArray.scalar(0);
  private NdArray row = x;
  private NdArray column = x;

  @Setup
  public void make() {
    SplittableRandom random = new SplittableRandom(1);
    x = NdArray.normal(Shape.of(1024, 1024), 1, random);
    row = NdArray.normal(Shape.of(1024), 1, random);
    column = NdArray.normal(Shape.of(1024, 1), 1, random);
  }

  /// The first number of a result, which goes back to the workspace.
  private float first(NdArray y) {
    float first = y.array()[0];
    workspace.recycle();
    return first;
  }

  @Benchmark
  public float plus() {
    return first(workspace.adopt(x).plus(x));
  }

  @Benchmark
  public float plusRow() {
    return first(workspace.adopt(x).plus(row));
  }

  @Benchmark
  public float timesColumn() {
    return first(workspace.adopt(x).times(column));
  }

  @Benchmark
  public float sum() {
    return first(workspace.adopt(x).sum());
  }

  @Benchmark
  public float sumOfColumns() {
    return first(workspace.adopt(x).sum(0));
  }

  @Benchmark
  public float sumOfRows() {
    return first(workspace.adopt(x).sum(1));
  }

  @Benchmark
  public float transposition() {
    return first(workspace.adopt(x).permute(1, 0));
  }
}

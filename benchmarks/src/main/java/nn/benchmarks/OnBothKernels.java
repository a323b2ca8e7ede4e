package nn.benchmarks;

import java.util.concurrent.TimeUnit;
import nn.core.kernel.KernelChoice;
import nn.core.kernel.Kernels;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// What the benchmarks have in common: each runs with the Vector API and without it. The vector code of one kind of kernel is
/// compiled after about a second of use, so the warm-up is longer than that.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public abstract class OnBothKernels {
  @Param({"vector", "scalar"}) public String kernels = "vector";

  /// Uses the kernels that were asked for.
  @Setup
  public void choose() {
    Kernels chosen =
        kernels.equals("scalar")
            ? KernelChoice.available().getFirst()
            : KernelChoice.available().getLast();
    if (!chosen.name().startsWith(kernels)) {
      throw new IllegalStateException(
          "the Vector API is not there: start with --add-modules jdk.incubator.vector, as benchmarks/run does");
    }
    KernelChoice.use(chosen);
  }
}

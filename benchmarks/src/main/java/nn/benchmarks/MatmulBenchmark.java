package nn.benchmarks;

import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import nn.core.NdArray;
import nn.core.Shape;
import org.ejml.data.FMatrixRMaj;
import org.ejml.dense.row.CommonOps_FDRM;
import org.ejml.dense.row.CommonOps_MT_FDRM;
import org.openjdk.jmh.annotations.Benchmark;
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

/// C = A · B for square matrices, against EJML on one thread and on all.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class MatmulBenchmark {
  @Param({"64", "256", "1024"}) public int size;

  private NdArray a = NdArray.zeros(Shape.of(1, 1));
  private NdArray b = a;
  private FMatrixRMaj peerA = new FMatrixRMaj();
  private FMatrixRMaj peerB = peerA;

  @Setup
  public void fill() {
    SplittableRandom random = new SplittableRandom(1);
    a = NdArray.normal(Shape.of(size, size), 1, random);
    b = NdArray.normal(Shape.of(size, size), 1, random);
    peerA = new FMatrixRMaj(size, size, true, a.array());
    peerB = new FMatrixRMaj(size, size, true, b.array());
  }

  @Benchmark
  public NdArray graft() {
    return a.matmul(b);
  }

  @Benchmark
  public FMatrixRMaj ejmlOneThread() {
    return CommonOps_FDRM.mult(peerA, peerB, null);
  }

  @Benchmark
  public FMatrixRMaj ejmlThreads() {
    FMatrixRMaj c = new FMatrixRMaj(size, size);
    CommonOps_MT_FDRM.mult(peerA, peerB, c);
    return c;
  }
}

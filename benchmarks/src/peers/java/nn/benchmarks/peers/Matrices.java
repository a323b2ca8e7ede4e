package nn.benchmarks.peers;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import nn.core.NdArray;
import nn.core.Shape;
import nn.core.Workspace;
import org.ejml.concurrency.EjmlConcurrency;
import org.ejml.data.FMatrixRMaj;
import org.ejml.dense.row.CommonOps_FDRM;
import org.ejml.dense.row.CommonOps_MT_FDRM;

/// Matrix products in all transpositions.
final class Matrices {
  private static final int[][] SQUARES = {{256, 256, 256}, {512, 512, 512}, {1024, 1024, 1024},
      {2048, 2048, 2048}};
  private static final int[][] SHAPES = {
      {64, 64, 64}, {128, 128, 128}, {256, 256, 256}, {512, 512, 512}, {1024, 1024, 1024},
      {64, 512, 512}, {32, 1000, 512}, {8, 512, 512}, {1, 1000, 512}, {64, 3136, 576},
      {128, 784, 1152}, {256, 196, 2304}, {512, 49, 4608},
  };

  private Matrices() {}

  static List<Work> all(int threads) {
    List<Work> all = new ArrayList<>();
    for (int[] s : SQUARES) {
      all.add(
          Work.arithmetic(
              "matrix products, share of FMA peak", name(s), "FMA peak", threads == 1 ? 0.85 : 0.8,
              2.0 * s[0] * s[1] * s[2], () -> new Sides(s, "nn").againstPeak(threads)));
    }
    for (int[] s : SHAPES) {
      for (String way : new String[] {"nn", "nt", "tn"}) {
        all.add(
            Work.arithmetic(
                "matrix products against PyTorch", name(s) + " " + way, "PyTorch", 1,
                2.0 * s[0] * s[1] * s[2], () -> new Sides(s, way).againstTorch()));
      }
    }
    for (int[] s : SHAPES) {
      for (String way : new String[] {"nn", "nt", "tn"}) {
        all.add(
            Work.arithmetic(
                "matrix products against EJML", name(s) + " " + way, "EJML", 10,
                2.0 * s[0] * s[1] * s[2], () -> new Sides(s, way).againstEjml(threads)));
      }
    }
    return all;
  }

  private static String name(int[] s) {
    return s[0] + "×" + s[1] + "×" + s[2];
  }

  /// C `[m×n]` = A `[m×k]` · B `[k×n]`; "nt" has Bᵀ in memory, "tn" Aᵀ. As a user calls it: PyTorch's malloc finds memory for the
  /// result, and our workspace does; EJML writes into a matrix that is there.
  private static final class Sides {
    private final int m;
    private final int n;
    private final int k;
    private final String way;
    private final NdArray a;
    private final NdArray b;
    private final Workspace workspace = new Workspace();

    Sides(int[] shape, String way) {
      m = shape[0];
      n = shape[1];
      k = shape[2];
      this.way = way;
      SplittableRandom random = new SplittableRandom(1);
      a = NdArray.normal(way.equals("tn") ? Shape.of(k, m) : Shape.of(m, k), 1, random);
      b = NdArray.normal(way.equals("nt") ? Shape.of(n, k) : Shape.of(k, n), 1, random);
    }

    private void ours() {
      var _ = product(workspace.adopt(a));
      workspace.recycle();
    }

    private float[] result() {
      return product(a).array();
    }

    private NdArray product(NdArray left) {
      return switch (way) {
        case "nt" -> left.matmulTransposed(b);
        case "tn" -> left.transposedMatmul(b);
        default -> left.matmul(b);
      };
    }

    Work.Sides againstPeak(int threads) {
      long flops = 2L * m * n * k;
      return new Work.Sides(
          Timed.of(this::ours), () -> Limits.nanosAtPeak(flops, threads), null, null, 0, () -> {});
    }

    Work.Sides againstTorch() {
      Torch.record(false);
      NDArray x = Torch.array(a);
      NDArray y = Torch.array(b);
      NDArray left = way.equals("tn") ? x.transpose() : x;
      NDArray right = way.equals("nt") ? y.transpose() : y;
      return new Work.Sides(
          Timed.of(this::ours),
          Timed.of(() -> left.matMul(right).close()),
          this::result,
          () -> Torch.floats(left.matMul(right)),
          () -> {
            x.close();
            y.close();
          });
    }

    Work.Sides againstEjml(int threads) {
      EjmlConcurrency.setMaxThreads(threads);
      FMatrixRMaj left = new FMatrixRMaj(a.shape().dim(0), a.shape().dim(1), true, a.array());
      FMatrixRMaj right = new FMatrixRMaj(b.shape().dim(0), b.shape().dim(1), true, b.array());
      FMatrixRMaj product = new FMatrixRMaj(m, n);
      Runnable ejml = switch (way) {
        case "nt" -> threads == 1
            ? () -> CommonOps_FDRM.multTransB(left, right, product)
            : () -> CommonOps_MT_FDRM.multTransB(left, right, product);
        case "tn" -> threads == 1
            ? () -> CommonOps_FDRM.multTransA(left, right, product)
            : () -> CommonOps_MT_FDRM.multTransA(left, right, product);
        default -> threads == 1
            ? () -> CommonOps_FDRM.mult(left, right, product)
            : () -> CommonOps_MT_FDRM.mult(left, right, product);
      };
      return new Work.Sides(
          Timed.of(this::ours),
          Timed.of(ejml),
          this::result,
          () -> {
            ejml.run();
            return product.data;
          },
          () -> {});
    }
  }
}

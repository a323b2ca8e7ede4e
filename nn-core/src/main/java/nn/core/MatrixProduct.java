package nn.core;

import java.util.function.IntConsumer;
import nn.core.kernel.Kernels;
import nn.core.kernel.Parallel;

/// Products of matrices, and of batches of matrices: the innermost two axes are the matrix, the axes before them
/// must be equal in both arrays.
final class MatrixProduct {
  private static final long SMALL = 1 << 20; // multiplications: below, threads share a batch, not one product

  private MatrixProduct() {}

  /// C = A · B.
  static NdArray matmul(NdArray a, NdArray b) {
    int batch = batch("matmul", a, b, "", "");
    int m = a.shape().dim(-2);
    int k = a.shape().dim(-1);
    int n = b.shape().dim(-1);
    checkInner("matmul", a, b, "", "", k, b.shape().dim(-2));
    NdArray c = a.beside(b).fresh(a.shape().with(-1, n));
    float[] left = a.array();
    float[] right = b.array();
    float[] to = c.writable();
    Kernels kernels = Kernels.active();
    each(
        batch,
        (long) m * n * k,
        i -> kernels.matmul(m, n, k, left, i * m * k, right, i * k * n, to, i * m * n));
    return c;
  }

  /// C = A · Bᵀ.
  static NdArray matmulTransposed(NdArray a, NdArray b) {
    int batch = batch("matmulTransposed", a, b, "", "ᵀ");
    int m = a.shape().dim(-2);
    int k = a.shape().dim(-1);
    int n = b.shape().dim(-2);
    checkInner("matmulTransposed", a, b, "", "ᵀ", k, b.shape().dim(-1));
    NdArray c = a.beside(b).fresh(a.shape().with(-1, n));
    float[] left = a.array();
    float[] right = b.array();
    float[] to = c.writable();
    Kernels kernels = Kernels.active();
    each(
        batch,
        (long) m * n * k,
        i -> kernels.matmulTransposed(m, n, k, left, i * m * k, right, i * n * k, to, i * m * n));
    return c;
  }

  /// C = Aᵀ · B.
  static NdArray transposedMatmul(NdArray a, NdArray b) {
    int batch = batch("transposedMatmul", a, b, "ᵀ", "");
    int k = a.shape().dim(-2);
    int m = a.shape().dim(-1);
    int n = b.shape().dim(-1);
    checkInner("transposedMatmul", a, b, "ᵀ", "", k, b.shape().dim(-2));
    NdArray c = a.beside(b).fresh(a.shape().with(-2, m).with(-1, n));
    float[] left = a.array();
    float[] right = b.array();
    float[] to = c.writable();
    Kernels kernels = Kernels.active();
    each(
        batch,
        (long) m * n * k,
        i -> kernels.transposedMatmul(m, n, k, left, i * k * m, right, i * k * n, to, i * m * n));
    return c;
  }

  /// Runs the products of a batch: small ones side by side, large ones one after the other, each on all threads.
  private static void each(int batch, long work, IntConsumer product) {
    if (work >= SMALL) {
      for (int i = 0; i < batch; i++) {
        product.accept(i);
      }
      return;
    }
    Parallel.range(
        batch,
        Math.clamp(SMALL / 8 / Math.max(1, work), 1, Integer.MAX_VALUE),
        (from, to) -> {
          for (int i = from; i < to; i++) {
            product.accept(i);
          }
        });
  }

  private static int batch(String operation, NdArray a, NdArray b, String aSuffix, String bSuffix) {
    Shape as = a.shape();
    Shape bs = b.shape();
    boolean fits = as.rank() >= 2 && as.rank() == bs.rank();
    for (int axis = 0; fits && axis < as.rank() - 2; axis++) {
      fits = as.dim(axis) == bs.dim(axis);
    }
    if (!fits) {
      throw new ShapeException(
          operation,
          as + aSuffix + " · " + bs + bSuffix
              + ": needs two matrices, or as many matrices on both sides");
    }
    return as.sizeOf(0, as.rank() - 2);
  }

  private static void checkInner(
      String operation, NdArray a, NdArray b, String aSuffix, String bSuffix, int ofA, int ofB) {
    if (ofA != ofB) {
      throw new ShapeException(
          operation,
          a.shape() + aSuffix + " · " + b.shape() + bSuffix
              + ": inner extents differ, " + ofA + " ≠ " + ofB);
    }
  }
}

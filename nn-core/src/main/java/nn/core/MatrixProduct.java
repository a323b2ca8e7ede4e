package nn.core;

import nn.core.kernel.Kernels;

/// Products of matrices, and of batches of matrices: the innermost two axes are the matrix, the axes before them
/// must be equal in both arrays.
final class MatrixProduct {
  private MatrixProduct() {}

  /// C = A · B.
  static NdArray matmul(NdArray a, NdArray b) {
    int batch = batch("matmul", a, b, "", "");
    int m = a.shape().dim(-2);
    int k = a.shape().dim(-1);
    int n = b.shape().dim(-1);
    checkInner("matmul", a, b, "", "", k, b.shape().dim(-2));
    NdArray c = a.beside(b).fresh(a.shape().with(-1, n));
    for (int i = 0; i < batch; i++) {
      Kernels.active()
          .matmul(m, n, k, a.array(), i * m * k, b.array(), i * k * n, c.writable(), i * m * n);
    }
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
    for (int i = 0; i < batch; i++) {
      Kernels.active()
          .matmulTransposed(
              m, n, k, a.array(), i * m * k, b.array(), i * n * k, c.writable(), i * m * n);
    }
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
    for (int i = 0; i < batch; i++) {
      Kernels.active()
          .transposedMatmul(
              m, n, k, a.array(), i * k * m, b.array(), i * k * n, c.writable(), i * m * n);
    }
    return c;
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

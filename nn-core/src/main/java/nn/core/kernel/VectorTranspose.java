package nn.core.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// Transposes matrices. A square block of as many rows as a vector has lanes is transposed by zipping: rows i and i + L/2
/// are interleaved into rows 2i and 2i + 1, and after log₂ L such passes rows have become columns.
final class VectorTranspose {
  private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
  private static final int L = S.length();
  private static final int PASSES = Integer.numberOfTrailingZeros(L);
  private static final FloatVector LOW = zip(0);
  private static final FloatVector HIGH = zip(L / 2);

  private VectorTranspose() {}

  private static FloatVector zip(int from) {
    float[] lanes = new float[L];
    for (int i = 0; i < L; i++) {
      lanes[i] = i / 2 + from + (i % 2) * L;
    }
    return FloatVector.fromArray(S, lanes, 0);
  }

  /// `to[toAt + j·toStep + i] = from[fromAt + i·fromStep + j]` for i < rows and j < columns.
  ///
  /// If `loose`, a result's row that is shorter than a vector may be written as a whole vector, before the next row: for
  /// results whose rows lie one after the other, with room for a vector at the end.
  static void transpose(
      int rows, int columns, float[] from, int fromAt, int fromStep,
      float[] to, int toAt, int toStep, boolean loose) {
    float[] scratch = Scratch.TRANSPOSE.floats(2 * L * L);
    for (int first = 0; first < rows; first += L) {
      int i = Math.max(0, Math.min(first, rows - L)); // the last block overlaps the one before
      int high = Math.min(L, rows - i);
      if (columns >= L && (high == L || (loose && rows > 2))) {
        for (int next = 0; next < columns; next += L) {
          int j = Math.min(next, columns - L);
          block(
              high, from, fromAt + i * fromStep + j, fromStep, to, toAt + j * toStep + i, toStep,
              scratch);
        }
        continue;
      }
      for (int j = 0; j < columns; j++) {
        for (int r = 0; r < high; r++) {
          to[toAt + j * toStep + i + r] = from[fromAt + (i + r) * fromStep + j];
        }
      }
    }
  }

  /// One block of L columns and `rows` ≤ L rows; missing rows repeat the last one.
  private static void block(
      int rows, float[] from, int fromAt, int fromStep, float[] to, int toAt, int toStep,
      float[] scratch) {
    for (int i = 0; i < L / 2; i++) {
      FloatVector a = FloatVector.fromArray(S, from, fromAt + Math.min(i, rows - 1) * fromStep);
      FloatVector b =
          FloatVector.fromArray(S, from, fromAt + Math.min(i + L / 2, rows - 1) * fromStep);
      LOW.selectFrom(a, b).intoArray(scratch, 2 * i * L);
      HIGH.selectFrom(a, b).intoArray(scratch, (2 * i + 1) * L);
    }
    int at = 0;
    for (int pass = 1; pass < PASSES - 1; pass++) {
      int next = L * L - at;
      for (int i = 0; i < L / 2; i++) {
        FloatVector a = FloatVector.fromArray(S, scratch, at + i * L);
        FloatVector b = FloatVector.fromArray(S, scratch, at + (i + L / 2) * L);
        LOW.selectFrom(a, b).intoArray(scratch, next + 2 * i * L);
        HIGH.selectFrom(a, b).intoArray(scratch, next + (2 * i + 1) * L);
      }
      at = next;
    }
    for (int i = 0; i < L / 2; i++) {
      FloatVector a = FloatVector.fromArray(S, scratch, at + i * L);
      FloatVector b = FloatVector.fromArray(S, scratch, at + (i + L / 2) * L);
      LOW.selectFrom(a, b).intoArray(to, toAt + 2 * i * toStep);
      HIGH.selectFrom(a, b).intoArray(to, toAt + (2 * i + 1) * toStep);
    }
  }
}

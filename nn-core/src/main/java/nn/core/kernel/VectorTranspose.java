package nn.core.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/// Transposes matrices. A square block of as many rows as a vector has lanes is transposed by zipping: rows i and i + L/2
/// are interleaved into rows 2i and 2i + 1, and after log₂ L such passes rows have become columns.
///
/// Only vectors of 512 bit have an instruction that picks from two vectors. With 8 lanes, numbers change places between rows
/// 4, 2 and 1 apart instead, each by one permutation and one choice, all in registers: 2.9 numbers a
/// nanosecond on one core (AMD Zen 3), 1.1 by zipping.
final class VectorTranspose {
  private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
  private static final int L = S.length();
  private static final int PASSES = Integer.numberOfTrailingZeros(L);
  private static final float[] NONE = {};
  private static final FloatVector LOW = zip(0);
  private static final FloatVector HIGH = zip(L / 2);

  private VectorTranspose() {}

  private static final VectorShuffle<Float> BY_4 = exchange(4);
  private static final VectorShuffle<Float> BY_2 = exchange(2);
  private static final VectorShuffle<Float> BY_1 = exchange(1);
  private static final VectorMask<Float> FROM_4 = lanesWith(4);
  private static final VectorMask<Float> FROM_2 = lanesWith(2);
  private static final VectorMask<Float> FROM_1 = lanesWith(1);

  /// Lane i goes to the lane whose number differs in this bit.
  private static VectorShuffle<Float> exchange(int bit) {
    return VectorShuffle.fromOp(S, lane -> (lane ^ bit) % L);
  }

  private static VectorMask<Float> lanesWith(int bit) {
    boolean[] lanes = new boolean[L];
    for (int i = 0; i < L; i++) {
      lanes[i] = (i & bit) != 0;
    }
    return VectorMask.fromArray(S, lanes, 0);
  }

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
    float[] scratch = L == 8 ? NONE : Scratch.TRANSPOSE.floats(2 * L * L);
    for (int first = 0; first < rows; first += L) {
      int i = Math.max(0, Math.min(first, rows - L)); // the last block overlaps the one before
      int high = Math.min(L, rows - i);
      if (columns >= L && (high == L || (loose && rows > 2))) {
        for (int next = 0; next < columns; next += L) {
          int j = Math.min(next, columns - L);
          int at = fromAt + i * fromStep + j;
          if (L == 8) {
            block8(high, from, at, fromStep, to, toAt + j * toStep + i, toStep);
          } else {
            block(high, from, at, fromStep, to, toAt + j * toStep + i, toStep, scratch);
          }
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

  /// The same for 8 lanes.
  private static void block8(
      int rows, float[] from, int fromAt, int fromStep, float[] to, int toAt, int toStep) {
    FloatVector r0 = FloatVector.fromArray(S, from, fromAt);
    FloatVector r1 = FloatVector.fromArray(S, from, fromAt + Math.min(1, rows - 1) * fromStep);
    FloatVector r2 = FloatVector.fromArray(S, from, fromAt + Math.min(2, rows - 1) * fromStep);
    FloatVector r3 = FloatVector.fromArray(S, from, fromAt + Math.min(3, rows - 1) * fromStep);
    FloatVector r4 = FloatVector.fromArray(S, from, fromAt + Math.min(4, rows - 1) * fromStep);
    FloatVector r5 = FloatVector.fromArray(S, from, fromAt + Math.min(5, rows - 1) * fromStep);
    FloatVector r6 = FloatVector.fromArray(S, from, fromAt + Math.min(6, rows - 1) * fromStep);
    FloatVector r7 = FloatVector.fromArray(S, from, fromAt + Math.min(7, rows - 1) * fromStep);
    FloatVector s0 = r0.blend(r4.rearrange(BY_4), FROM_4);
    FloatVector s4 = r0.rearrange(BY_4).blend(r4, FROM_4);
    FloatVector s1 = r1.blend(r5.rearrange(BY_4), FROM_4);
    FloatVector s5 = r1.rearrange(BY_4).blend(r5, FROM_4);
    FloatVector s2 = r2.blend(r6.rearrange(BY_4), FROM_4);
    FloatVector s6 = r2.rearrange(BY_4).blend(r6, FROM_4);
    FloatVector s3 = r3.blend(r7.rearrange(BY_4), FROM_4);
    FloatVector s7 = r3.rearrange(BY_4).blend(r7, FROM_4);
    FloatVector t0 = s0.blend(s2.rearrange(BY_2), FROM_2);
    FloatVector t2 = s0.rearrange(BY_2).blend(s2, FROM_2);
    FloatVector t1 = s1.blend(s3.rearrange(BY_2), FROM_2);
    FloatVector t3 = s1.rearrange(BY_2).blend(s3, FROM_2);
    FloatVector t4 = s4.blend(s6.rearrange(BY_2), FROM_2);
    FloatVector t6 = s4.rearrange(BY_2).blend(s6, FROM_2);
    FloatVector t5 = s5.blend(s7.rearrange(BY_2), FROM_2);
    FloatVector t7 = s5.rearrange(BY_2).blend(s7, FROM_2);
    FloatVector u0 = t0.blend(t1.rearrange(BY_1), FROM_1);
    FloatVector u1 = t0.rearrange(BY_1).blend(t1, FROM_1);
    FloatVector u2 = t2.blend(t3.rearrange(BY_1), FROM_1);
    FloatVector u3 = t2.rearrange(BY_1).blend(t3, FROM_1);
    FloatVector u4 = t4.blend(t5.rearrange(BY_1), FROM_1);
    FloatVector u5 = t4.rearrange(BY_1).blend(t5, FROM_1);
    FloatVector u6 = t6.blend(t7.rearrange(BY_1), FROM_1);
    FloatVector u7 = t6.rearrange(BY_1).blend(t7, FROM_1);
    u0.intoArray(to, toAt);
    u1.intoArray(to, toAt + toStep);
    u2.intoArray(to, toAt + 2 * toStep);
    u3.intoArray(to, toAt + 3 * toStep);
    u4.intoArray(to, toAt + 4 * toStep);
    u5.intoArray(to, toAt + 5 * toStep);
    u6.intoArray(to, toAt + 6 * toStep);
    u7.intoArray(to, toAt + 7 * toStep);
  }
}

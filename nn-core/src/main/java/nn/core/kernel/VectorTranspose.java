package nn.core.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/// Transposes matrices in square blocks of as many rows as a vector has lanes, all in registers.
///
/// Vectors of 512 bit have an instruction that picks from two vectors: rows i and i + 8 are zipped into rows 2i and 2i + 1,
/// and after four such passes rows have become columns. With fewer lanes, numbers change places between rows 4, 2 and 1
/// apart, each by one permutation and one choice.
///
/// Numbers a nanosecond on one core: 14 with 16 lanes (AMD Zen 5); 3.6 with 8 (AMD Zen 3); one by one 1.
final class VectorTranspose {
  private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
  private static final int L = S.length();
  private static final int PAGE = 1024; // numbers
  private static final int MEETING = 16; // rows: more than a place of the first cache has room for
  private static final int STAGED = 128; // numbers of a row that are written in one piece
  // As whole numbers, though they pick floats: indices that are floats are converted again at every use.
  private static final IntVector LOW = zip(0);
  private static final IntVector HIGH = zip(L / 2);

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

  private static IntVector zip(int from) {
    int[] lanes = new int[L];
    for (int i = 0; i < L; i++) {
      lanes[i] = i / 2 + from + (i % 2) * L;
    }
    return IntVector.fromArray(IntVector.SPECIES_PREFERRED, lanes, 0);
  }

  /// `to[toAt + j·toStep + i] = from[fromAt + i·fromStep + j]` for i < rows and j < columns.
  ///
  /// If `loose`, a result's row that is shorter than a vector may be written as a whole vector, before the next row: where
  /// nothing else lies between the rows, and there is room for a vector at the end.
  static void transpose(
      int rows, int columns, float[] from, int fromAt, int fromStep,
      float[] to, int toAt, int toStep, boolean loose) {
    if (toStep % PAGE == 0 && rows >= STAGED && columns >= MEETING) {
      staged(rows, columns, from, fromAt, fromStep, to, toAt, toStep);
      return;
    }
    boolean blocks = columns >= L && (rows >= L || (loose && rows > 2));
    if (blocks && (L == 4 || L == 16)) {
      blocks(rows, columns, from, fromAt, fromStep, to, toAt, toStep);
      return;
    }
    int done =
        blocks && L == 8 ? blocks8(rows, columns, from, fromAt, fromStep, to, toAt, toStep) : 0;
    for (int first = 0; first < rows; first += L) {
      int high = Math.min(L, rows - first);
      for (int j = done; j < columns; j++) {
        for (int r = first; r < first + high; r++) {
          to[toAt + j * toStep + r] = from[fromAt + r * fromStep + j];
        }
      }
    }
  }

  /// For 4 and 16 lanes. Two blocks side by side in the result are written one after the other: panels of 32 numbers from 32 rows of 1024 at 7.9
  /// numbers a nanosecond in place of 5.0, where all columns of 16 rows came before the next 16 rows (one core, Intel Xeon, 512 bit).
  private static void blocks(
      int rows, int columns, float[] from, int fromAt, int fromStep,
      float[] to, int toAt, int toStep) {
    for (int pair = 0; pair < rows; pair += 2 * L) {
      int end = Math.min(rows, pair + 2 * L);
      for (int next = 0; next < columns; next += L) {
        int j = Math.min(next, columns - L);
        for (int first = pair; first < end; first += L) {
          int i = Math.max(0, Math.min(first, rows - L)); // the last block overlaps the one before
          int high = Math.min(L, rows - i);
          int at = fromAt + i * fromStep + j;
          if (L == 16) {
            block16(high, from, at, fromStep, to, toAt + j * toStep + i, toStep);
          } else {
            block4(high, from, at, fromStep, to, toAt + j * toStep + i, toStep);
          }
        }
      }
    }
  }

  /// Into rows a multiple of 4 KiB apart, such as planes of 32×32. All of them meet in the same few places of the first cache, so that a
  /// line would leave it between the two vectors that share it: rows are written in pieces of 512 bytes. 5 numbers a nanosecond in place of
  /// 3.6 (one core, Intel Xeon, 512 bit).
  private static void staged(
      int rows, int columns, float[] from, int fromAt, int fromStep,
      float[] to, int toAt, int toStep) {
    int step = STAGED + L;
    float[] stage = Scratch.STAGE.floats(columns * step);
    for (int first = 0; first < rows; first += STAGED) {
      int n = Math.clamp(rows - first, L, STAGED);
      int i = Math.min(first, rows - n); // the last piece may overlap the one before
      transpose(n, columns, from, fromAt + i * fromStep, fromStep, stage, 0, step, false);
      for (int j = 0; j < columns; j++) {
        System.arraycopy(stage, j * step, to, toAt + j * toStep + i, n);
      }
    }
  }

  /// One block of L columns and `rows` ≤ L rows, for 4 lanes; missing rows repeat the last one.
  private static void block4(
      int rows, float[] from, int fromAt, int fromStep, float[] to, int toAt, int toStep) {
    FloatVector r0 = FloatVector.fromArray(S, from, fromAt);
    FloatVector r1 = FloatVector.fromArray(S, from, fromAt + Math.min(1, rows - 1) * fromStep);
    FloatVector r2 = FloatVector.fromArray(S, from, fromAt + Math.min(2, rows - 1) * fromStep);
    FloatVector r3 = FloatVector.fromArray(S, from, fromAt + Math.min(3, rows - 1) * fromStep);
    FloatVector s0 = r0.blend(r2.rearrange(BY_2), FROM_2);
    FloatVector s2 = r0.rearrange(BY_2).blend(r2, FROM_2);
    FloatVector s1 = r1.blend(r3.rearrange(BY_2), FROM_2);
    FloatVector s3 = r1.rearrange(BY_2).blend(r3, FROM_2);
    s0.blend(s1.rearrange(BY_1), FROM_1).intoArray(to, toAt);
    s0.rearrange(BY_1).blend(s1, FROM_1).intoArray(to, toAt + toStep);
    s2.blend(s3.rearrange(BY_1), FROM_1).intoArray(to, toAt + 2 * toStep);
    s2.rearrange(BY_1).blend(s3, FROM_1).intoArray(to, toAt + 3 * toStep);
  }

  /// All blocks of 8 lanes, the last ones overlapping those before. One by one they took half as long again: what they have in
  /// common was loaded anew, and every place was checked.
  ///
  /// @return how many columns are done: one or two more than whole blocks, such as the last of nine taps, are not worth a block
  private static int blocks8(
      int rows, int columns, float[] from, int fromAt, int fromStep, float[] to, int toAt,
      int toStep) {
    int last = Math.min(rows, L) - 1;
    for (int first = 0; first < rows; first += L) {
      int i = Math.max(0, Math.min(first, rows - L));
      int a0 = fromAt + i * fromStep;
      int a1 = a0 + Math.min(1, last) * fromStep;
      int a2 = a0 + Math.min(2, last) * fromStep;
      int a3 = a0 + Math.min(3, last) * fromStep;
      int a4 = a0 + Math.min(4, last) * fromStep;
      int a5 = a0 + Math.min(5, last) * fromStep;
      int a6 = a0 + Math.min(6, last) * fromStep;
      int a7 = a0 + Math.min(7, last) * fromStep;
      for (int j = 0; j <= columns - L; j += L) {
        int at = toAt + j * toStep + i;
        FloatVector r0 = FloatVector.fromArray(S, from, a0 + j);
        FloatVector r1 = FloatVector.fromArray(S, from, a1 + j);
        FloatVector r2 = FloatVector.fromArray(S, from, a2 + j);
        FloatVector r3 = FloatVector.fromArray(S, from, a3 + j);
        FloatVector r4 = FloatVector.fromArray(S, from, a4 + j);
        FloatVector r5 = FloatVector.fromArray(S, from, a5 + j);
        FloatVector r6 = FloatVector.fromArray(S, from, a6 + j);
        FloatVector r7 = FloatVector.fromArray(S, from, a7 + j);
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
        u0.intoArray(to, at);
        u1.intoArray(to, at + toStep);
        u2.intoArray(to, at + 2 * toStep);
        u3.intoArray(to, at + 3 * toStep);
        u4.intoArray(to, at + 4 * toStep);
        u5.intoArray(to, at + 5 * toStep);
        u6.intoArray(to, at + 6 * toStep);
        u7.intoArray(to, at + 7 * toStep);
      }
    }
    int rest = columns % L;
    if (rest <= 2) {
      return columns - rest;
    }
    int j = columns - L;
    blocks8(rows, L, from, fromAt + j, fromStep, to, toAt + j * toStep, toStep);
    return columns;
  }

  /// The same for 16 lanes.
  private static void block16(
      int rows, float[] from, int fromAt, int fromStep, float[] to, int toAt, int toStep) {
    int last = rows - 1;
    IntVector a0 = FloatVector.fromArray(S, from, fromAt).reinterpretAsInts();
    IntVector a1 =
        FloatVector.fromArray(S, from, fromAt + Math.min(1, last) * fromStep).reinterpretAsInts();
    IntVector a2 =
        FloatVector.fromArray(S, from, fromAt + Math.min(2, last) * fromStep).reinterpretAsInts();
    IntVector a3 =
        FloatVector.fromArray(S, from, fromAt + Math.min(3, last) * fromStep).reinterpretAsInts();
    IntVector a4 =
        FloatVector.fromArray(S, from, fromAt + Math.min(4, last) * fromStep).reinterpretAsInts();
    IntVector a5 =
        FloatVector.fromArray(S, from, fromAt + Math.min(5, last) * fromStep).reinterpretAsInts();
    IntVector a6 =
        FloatVector.fromArray(S, from, fromAt + Math.min(6, last) * fromStep).reinterpretAsInts();
    IntVector a7 =
        FloatVector.fromArray(S, from, fromAt + Math.min(7, last) * fromStep).reinterpretAsInts();
    IntVector a8 =
        FloatVector.fromArray(S, from, fromAt + Math.min(8, last) * fromStep).reinterpretAsInts();
    IntVector a9 =
        FloatVector.fromArray(S, from, fromAt + Math.min(9, last) * fromStep).reinterpretAsInts();
    IntVector a10 =
        FloatVector.fromArray(S, from, fromAt + Math.min(10, last) * fromStep).reinterpretAsInts();
    IntVector a11 =
        FloatVector.fromArray(S, from, fromAt + Math.min(11, last) * fromStep).reinterpretAsInts();
    IntVector a12 =
        FloatVector.fromArray(S, from, fromAt + Math.min(12, last) * fromStep).reinterpretAsInts();
    IntVector a13 =
        FloatVector.fromArray(S, from, fromAt + Math.min(13, last) * fromStep).reinterpretAsInts();
    IntVector a14 =
        FloatVector.fromArray(S, from, fromAt + Math.min(14, last) * fromStep).reinterpretAsInts();
    IntVector a15 =
        FloatVector.fromArray(S, from, fromAt + Math.min(15, last) * fromStep).reinterpretAsInts();
    IntVector b0 = LOW.selectFrom(a0, a8);
    IntVector b1 = HIGH.selectFrom(a0, a8);
    IntVector b2 = LOW.selectFrom(a1, a9);
    IntVector b3 = HIGH.selectFrom(a1, a9);
    IntVector b4 = LOW.selectFrom(a2, a10);
    IntVector b5 = HIGH.selectFrom(a2, a10);
    IntVector b6 = LOW.selectFrom(a3, a11);
    IntVector b7 = HIGH.selectFrom(a3, a11);
    IntVector b8 = LOW.selectFrom(a4, a12);
    IntVector b9 = HIGH.selectFrom(a4, a12);
    IntVector b10 = LOW.selectFrom(a5, a13);
    IntVector b11 = HIGH.selectFrom(a5, a13);
    IntVector b12 = LOW.selectFrom(a6, a14);
    IntVector b13 = HIGH.selectFrom(a6, a14);
    IntVector b14 = LOW.selectFrom(a7, a15);
    IntVector b15 = HIGH.selectFrom(a7, a15);
    IntVector c0 = LOW.selectFrom(b0, b8);
    IntVector c1 = HIGH.selectFrom(b0, b8);
    IntVector c2 = LOW.selectFrom(b1, b9);
    IntVector c3 = HIGH.selectFrom(b1, b9);
    IntVector c4 = LOW.selectFrom(b2, b10);
    IntVector c5 = HIGH.selectFrom(b2, b10);
    IntVector c6 = LOW.selectFrom(b3, b11);
    IntVector c7 = HIGH.selectFrom(b3, b11);
    IntVector c8 = LOW.selectFrom(b4, b12);
    IntVector c9 = HIGH.selectFrom(b4, b12);
    IntVector c10 = LOW.selectFrom(b5, b13);
    IntVector c11 = HIGH.selectFrom(b5, b13);
    IntVector c12 = LOW.selectFrom(b6, b14);
    IntVector c13 = HIGH.selectFrom(b6, b14);
    IntVector c14 = LOW.selectFrom(b7, b15);
    IntVector c15 = HIGH.selectFrom(b7, b15);
    IntVector d0 = LOW.selectFrom(c0, c8);
    IntVector d1 = HIGH.selectFrom(c0, c8);
    IntVector d2 = LOW.selectFrom(c1, c9);
    IntVector d3 = HIGH.selectFrom(c1, c9);
    IntVector d4 = LOW.selectFrom(c2, c10);
    IntVector d5 = HIGH.selectFrom(c2, c10);
    IntVector d6 = LOW.selectFrom(c3, c11);
    IntVector d7 = HIGH.selectFrom(c3, c11);
    IntVector d8 = LOW.selectFrom(c4, c12);
    IntVector d9 = HIGH.selectFrom(c4, c12);
    IntVector d10 = LOW.selectFrom(c5, c13);
    IntVector d11 = HIGH.selectFrom(c5, c13);
    IntVector d12 = LOW.selectFrom(c6, c14);
    IntVector d13 = HIGH.selectFrom(c6, c14);
    IntVector d14 = LOW.selectFrom(c7, c15);
    IntVector d15 = HIGH.selectFrom(c7, c15);
    IntVector e0 = LOW.selectFrom(d0, d8);
    IntVector e1 = HIGH.selectFrom(d0, d8);
    IntVector e2 = LOW.selectFrom(d1, d9);
    IntVector e3 = HIGH.selectFrom(d1, d9);
    IntVector e4 = LOW.selectFrom(d2, d10);
    IntVector e5 = HIGH.selectFrom(d2, d10);
    IntVector e6 = LOW.selectFrom(d3, d11);
    IntVector e7 = HIGH.selectFrom(d3, d11);
    IntVector e8 = LOW.selectFrom(d4, d12);
    IntVector e9 = HIGH.selectFrom(d4, d12);
    IntVector e10 = LOW.selectFrom(d5, d13);
    IntVector e11 = HIGH.selectFrom(d5, d13);
    IntVector e12 = LOW.selectFrom(d6, d14);
    IntVector e13 = HIGH.selectFrom(d6, d14);
    IntVector e14 = LOW.selectFrom(d7, d15);
    IntVector e15 = HIGH.selectFrom(d7, d15);
    e0.reinterpretAsFloats().intoArray(to, toAt);
    e1.reinterpretAsFloats().intoArray(to, toAt + toStep);
    e2.reinterpretAsFloats().intoArray(to, toAt + 2 * toStep);
    e3.reinterpretAsFloats().intoArray(to, toAt + 3 * toStep);
    e4.reinterpretAsFloats().intoArray(to, toAt + 4 * toStep);
    e5.reinterpretAsFloats().intoArray(to, toAt + 5 * toStep);
    e6.reinterpretAsFloats().intoArray(to, toAt + 6 * toStep);
    e7.reinterpretAsFloats().intoArray(to, toAt + 7 * toStep);
    e8.reinterpretAsFloats().intoArray(to, toAt + 8 * toStep);
    e9.reinterpretAsFloats().intoArray(to, toAt + 9 * toStep);
    e10.reinterpretAsFloats().intoArray(to, toAt + 10 * toStep);
    e11.reinterpretAsFloats().intoArray(to, toAt + 11 * toStep);
    e12.reinterpretAsFloats().intoArray(to, toAt + 12 * toStep);
    e13.reinterpretAsFloats().intoArray(to, toAt + 13 * toStep);
    e14.reinterpretAsFloats().intoArray(to, toAt + 14 * toStep);
    e15.reinterpretAsFloats().intoArray(to, toAt + 15 * toStep);
  }
}

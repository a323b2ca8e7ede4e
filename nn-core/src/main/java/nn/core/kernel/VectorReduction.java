package nn.core.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/// Sums and maxima of rows. A sum runs in float over short blocks, side by side in the lanes of four vectors (each addition waits for
/// the one before in its vector); the blocks, and the last numbers, which fill no vector, are added in double precision. The last vectors
/// are a part of the last block: summed behind it, in a method of their own, they became objects wherever such sums were few.
///
/// `reduceLanes(ADD)` is not used: its order is not specified, and differs between interpreted and compiled code. Vectors
/// of doubles are not used either: with a second width of float vectors in the process (half vectors, to widen them), C2 boxed the
/// accumulators of unrelated loops.
final class VectorReduction {
  private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
  private static final int L = S.length();
  static final int STEP = 4 * L;
  static final int BLOCK = 16 * STEP; // so many numbers are summed in single precision

  private static final VectorShuffle<Float> BY_8 = VectorShuffle.iota(S, 8, 1, true); // lane i gets lane i + 8
  private static final VectorShuffle<Float> BY_4 = VectorShuffle.iota(S, 4, 1, true);
  private static final VectorShuffle<Float> BY_2 = VectorShuffle.iota(S, 2, 1, true);
  private static final VectorShuffle<Float> BY_1 = VectorShuffle.iota(S, 1, 1, true);

  private VectorReduction() {}

  static float sum(float[] x, int at, int n) {
    int vectors = n - n % L;
    double sum = 0;
    for (int first = 0; first < vectors; first += BLOCK) {
      int end = Math.min(first + BLOCK, vectors);
      int whole = end - (end - first) % STEP;
      FloatVector s0 = FloatVector.zero(S);
      FloatVector s1 = s0;
      FloatVector s2 = s0;
      FloatVector s3 = s0;
      for (int i = at + first; i < at + whole; i += STEP) {
        s0 = s0.add(FloatVector.fromArray(S, x, i));
        s1 = s1.add(FloatVector.fromArray(S, x, i + L));
        s2 = s2.add(FloatVector.fromArray(S, x, i + 2 * L));
        s3 = s3.add(FloatVector.fromArray(S, x, i + 3 * L));
      }
      for (int i = at + whole; i < at + end; i += L) {
        s0 = s0.add(FloatVector.fromArray(S, x, i));
      }
      sum += total(s0.add(s1).add(s2.add(s3)));
    }
    for (int i = vectors; i < n; i++) {
      sum += x[at + i];
    }
    return (float) sum;
  }

  static float centredDot(
      float[] x, int xAt, float xCentre, float[] y, int yAt, float yCentre, int n) {
    int vectors = n - n % L;
    double sum = 0;
    for (int first = 0; first < vectors; first += BLOCK) {
      int end = Math.min(first + BLOCK, vectors);
      int whole = end - (end - first) % STEP;
      FloatVector s0 = FloatVector.zero(S);
      FloatVector s1 = s0;
      FloatVector s2 = s0;
      FloatVector s3 = s0;
      for (int i = first; i < whole; i += STEP) {
        FloatVector u0 = FloatVector.fromArray(S, x, xAt + i).sub(xCentre);
        FloatVector u1 = FloatVector.fromArray(S, x, xAt + i + L).sub(xCentre);
        FloatVector u2 = FloatVector.fromArray(S, x, xAt + i + 2 * L).sub(xCentre);
        FloatVector u3 = FloatVector.fromArray(S, x, xAt + i + 3 * L).sub(xCentre);
        s0 = FloatVector.fromArray(S, y, yAt + i).sub(yCentre).fma(u0, s0);
        s1 = FloatVector.fromArray(S, y, yAt + i + L).sub(yCentre).fma(u1, s1);
        s2 = FloatVector.fromArray(S, y, yAt + i + 2 * L).sub(yCentre).fma(u2, s2);
        s3 = FloatVector.fromArray(S, y, yAt + i + 3 * L).sub(yCentre).fma(u3, s3);
      }
      for (int i = whole; i < end; i += L) {
        FloatVector u = FloatVector.fromArray(S, x, xAt + i).sub(xCentre);
        s0 = FloatVector.fromArray(S, y, yAt + i).sub(yCentre).fma(u, s0);
      }
      sum += total(s0.add(s1).add(s2.add(s3)));
    }
    for (int i = vectors; i < n; i++) {
      sum += (double) (x[xAt + i] - xCentre) * (y[yAt + i] - yCentre);
    }
    return (float) sum;
  }

  /// Σ (x − c)²: [#centredDot] of x with itself, which loads it once: 24 ns for 1024 numbers in place of 40 (AMD Zen 5).
  static float squares(float[] x, int at, float centre, int n) {
    int vectors = n - n % L;
    double sum = 0;
    for (int first = 0; first < vectors; first += BLOCK) {
      int end = Math.min(first + BLOCK, vectors);
      int whole = end - (end - first) % STEP;
      FloatVector s0 = FloatVector.zero(S);
      FloatVector s1 = s0;
      FloatVector s2 = s0;
      FloatVector s3 = s0;
      for (int i = at + first; i < at + whole; i += STEP) {
        FloatVector u0 = FloatVector.fromArray(S, x, i).sub(centre);
        FloatVector u1 = FloatVector.fromArray(S, x, i + L).sub(centre);
        FloatVector u2 = FloatVector.fromArray(S, x, i + 2 * L).sub(centre);
        FloatVector u3 = FloatVector.fromArray(S, x, i + 3 * L).sub(centre);
        s0 = u0.fma(u0, s0);
        s1 = u1.fma(u1, s1);
        s2 = u2.fma(u2, s2);
        s3 = u3.fma(u3, s3);
      }
      for (int i = at + whole; i < at + end; i += L) {
        FloatVector u = FloatVector.fromArray(S, x, i).sub(centre);
        s0 = u.fma(u, s0);
      }
      sum += total(s0.add(s1).add(s2.add(s3)));
    }
    for (int i = at + vectors; i < at + n; i++) {
      double v = x[i] - centre;
      sum += v * v;
    }
    return (float) sum;
  }

  // Over `rows` rows, `step` apart: a channel in all images of a batch. Lanes are added up once for a block, however short the rows are, and what fills no
  // vector is added in lanes as well. Lanes go through memory: a function of a vector that is seldom called is not put in place, and what it is given
  // becomes an object (5 MB a step of ResNet-50). Not used for a single row: layer norm adds its last numbers in double precision wherever it sums
  // them.

  static float sum(float[] x, int at, int n, int rows, int step) {
    float[] lanes = Scratch.LANES.floats(L);
    double sum = 0;
    int room = BLOCK;
    FloatVector s0 = FloatVector.zero(S);
    FloatVector s1 = s0;
    FloatVector s2 = s0;
    FloatVector s3 = s0;
    for (int row = 0; row < rows; row++) {
      int start = at + row * step;
      for (int first = 0; first < n; first += BLOCK) {
        int size = Math.min(BLOCK, n - first);
        int cost = Math.max(size, L); // a short row costs its lanes an addition, too
        if (cost > room) {
          s0.add(s1).add(s2.add(s3)).intoArray(lanes, 0);
          sum += total(lanes);
          s0 = FloatVector.zero(S);
          s1 = s0;
          s2 = s0;
          s3 = s0;
          room = BLOCK;
        }
        room -= cost;
        int from = start + first;
        int fours = from + size - size % STEP;
        int whole = from + size - size % L;
        int end = from + size;
        for (int i = from; i < fours; i += STEP) {
          s0 = s0.add(FloatVector.fromArray(S, x, i));
          s1 = s1.add(FloatVector.fromArray(S, x, i + L));
          s2 = s2.add(FloatVector.fromArray(S, x, i + 2 * L));
          s3 = s3.add(FloatVector.fromArray(S, x, i + 3 * L));
        }
        for (int i = fours; i < whole; i += L) {
          s0 = s0.add(FloatVector.fromArray(S, x, i));
        }
        if (whole < end) {
          s1 = s1.add(FloatVector.fromArray(S, x, whole, S.indexInRange(whole, end)));
        }
      }
    }
    s0.add(s1).add(s2.add(s3)).intoArray(lanes, 0);
    return (float) (sum + total(lanes));
  }

  static float squares(float[] x, int at, float centre, int n, int rows, int step) {
    float[] lanes = Scratch.LANES.floats(L);
    double sum = 0;
    int room = BLOCK;
    FloatVector s0 = FloatVector.zero(S);
    FloatVector s1 = s0;
    FloatVector s2 = s0;
    FloatVector s3 = s0;
    for (int row = 0; row < rows; row++) {
      int start = at + row * step;
      for (int first = 0; first < n; first += BLOCK) {
        int size = Math.min(BLOCK, n - first);
        int cost = Math.max(size, L); // a short row costs its lanes an addition, too
        if (cost > room) {
          s0.add(s1).add(s2.add(s3)).intoArray(lanes, 0);
          sum += total(lanes);
          s0 = FloatVector.zero(S);
          s1 = s0;
          s2 = s0;
          s3 = s0;
          room = BLOCK;
        }
        room -= cost;
        int from = start + first;
        int fours = from + size - size % STEP;
        int whole = from + size - size % L;
        int end = from + size;
        for (int i = from; i < fours; i += STEP) {
          FloatVector u0 = FloatVector.fromArray(S, x, i).sub(centre);
          FloatVector u1 = FloatVector.fromArray(S, x, i + L).sub(centre);
          FloatVector u2 = FloatVector.fromArray(S, x, i + 2 * L).sub(centre);
          FloatVector u3 = FloatVector.fromArray(S, x, i + 3 * L).sub(centre);
          s0 = u0.fma(u0, s0);
          s1 = u1.fma(u1, s1);
          s2 = u2.fma(u2, s2);
          s3 = u3.fma(u3, s3);
        }
        for (int i = fours; i < whole; i += L) {
          FloatVector u = FloatVector.fromArray(S, x, i).sub(centre);
          s0 = u.fma(u, s0);
        }
        if (whole < end) {
          VectorMask<Float> rest = S.indexInRange(whole, end);
          FloatVector u = FloatVector.fromArray(S, x, whole, rest).sub(centre);
          u = FloatVector.zero(S).blend(u, rest);
          s1 = u.fma(u, s1);
        }
      }
    }
    s0.add(s1).add(s2.add(s3)).intoArray(lanes, 0);
    return (float) (sum + total(lanes));
  }

  static float max(float[] x, int at, int n) {
    FloatVector m0 = FloatVector.broadcast(S, Float.NEGATIVE_INFINITY);
    FloatVector m1 = m0;
    int whole = n / (2 * L) * (2 * L);
    for (int i = 0; i < whole; i += 2 * L) {
      m0 = m0.max(FloatVector.fromArray(S, x, at + i));
      m1 = m1.max(FloatVector.fromArray(S, x, at + i + L));
    }
    float max = m0.max(m1).reduceLanes(VectorOperators.MAX);
    for (int i = whole; i < n; i++) {
      max = Math.max(max, x[at + i]);
    }
    return max;
  }

  /// The sum of a vector's lanes: one half is added to the other until one lane is left.
  static float total(FloatVector v) {
    FloatVector sum = v;
    if (L >= 16) {
      sum = sum.add(sum.rearrange(BY_8));
    }
    if (L >= 8) {
      sum = sum.add(sum.rearrange(BY_4));
    }
    sum = sum.add(sum.rearrange(BY_2));
    return sum.add(sum.rearrange(BY_1)).lane(0);
  }

  /// The sum of as many numbers as a vector has lanes.
  static double total(float[] lanes) {
    double sum = 0;
    for (int i = 0; i < L; i++) {
      sum += lanes[i];
    }
    return sum;
  }
}

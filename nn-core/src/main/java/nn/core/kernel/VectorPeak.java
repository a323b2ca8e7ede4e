package nn.core.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// The most that a core can multiply and add: 12 sums that do not wait for each other and never leave their registers.
final class VectorPeak {
  private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
  private static final int ROUNDS = 4096;
  private static final long OPERATIONS = 2L * 12 * S.length() * ROUNDS;

  private VectorPeak() {}

  /// At least so many operations, in calls of a few microseconds each: a method that is called seldom and runs for long is
  /// compiled in the middle of its loop only, and its vectors stay objects then (2 GF/s in place of 190 on two threads, AMD Zen 3).
  static float multiplyAdds(long operations) {
    float sum = 0;
    for (long left = operations; left > 0; left -= OPERATIONS) {
      sum += rounds();
    }
    return sum;
  }

  private static float rounds() {
    FloatVector f = FloatVector.broadcast(S, 0.9f);
    FloatVector g = FloatVector.broadcast(S, 1e-6f);
    FloatVector s0 = FloatVector.broadcast(S, 0f);
    FloatVector s1 = FloatVector.broadcast(S, 1f);
    FloatVector s2 = FloatVector.broadcast(S, 2f);
    FloatVector s3 = FloatVector.broadcast(S, 3f);
    FloatVector s4 = FloatVector.broadcast(S, 4f);
    FloatVector s5 = FloatVector.broadcast(S, 5f);
    FloatVector s6 = FloatVector.broadcast(S, 6f);
    FloatVector s7 = FloatVector.broadcast(S, 7f);
    FloatVector s8 = FloatVector.broadcast(S, 8f);
    FloatVector s9 = FloatVector.broadcast(S, 9f);
    FloatVector s10 = FloatVector.broadcast(S, 10f);
    FloatVector s11 = FloatVector.broadcast(S, 11f);
    for (int round = 0; round < ROUNDS; round++) {
      s0 = f.fma(g, s0);
      s1 = f.fma(g, s1);
      s2 = f.fma(g, s2);
      s3 = f.fma(g, s3);
      s4 = f.fma(g, s4);
      s5 = f.fma(g, s5);
      s6 = f.fma(g, s6);
      s7 = f.fma(g, s7);
      s8 = f.fma(g, s8);
      s9 = f.fma(g, s9);
      s10 = f.fma(g, s10);
      s11 = f.fma(g, s11);
    }
    FloatVector sum = s0;
    sum = sum.add(s1);
    sum = sum.add(s2);
    sum = sum.add(s3);
    sum = sum.add(s4);
    sum = sum.add(s5);
    sum = sum.add(s6);
    sum = sum.add(s7);
    sum = sum.add(s8);
    sum = sum.add(s9);
    sum = sum.add(s10);
    sum = sum.add(s11);
    return sum.lane(0);
  }
}

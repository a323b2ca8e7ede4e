package nn.finetune;

/// One seed for everything random in a run, split per purpose, so that what is drawn for one
/// purpose does not depend on how much was drawn for another, and a run can go on from any step.
///
/// The mixing is that of SplitMix64: Steele, Lea and Flood, "Fast Splittable Pseudorandom Number
/// Generators", 2014.
final class SeedSplit {
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  private SeedSplit() {}

  /// The seed of one forward pass in training.
  ///
  /// @param step the steps done before in the whole run
  static long ofStep(long seed, long step) {
    return mix(mix(seed + GOLDEN) + (step + 1) * GOLDEN);
  }

  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}

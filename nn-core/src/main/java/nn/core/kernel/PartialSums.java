package nn.core.kernel;

/// Long sums of small arrays, such as weight gradients, which run over the pixels of all images: groups of parts are summed side
/// by side, each by one thread in its own cache, and the groups' sums are added in order. Where the array is large or the parts are few, the
/// threads share the work within each part instead.
///
/// How the parts are grouped depends on sizes alone, and so do the bits of the result.
final class PartialSums {
  static final int GROUPS = 8;
  private static final int GRAIN = 1 << 13; // numbers that one thread adds at once
  private static final int MOST = 1 << 21; // numbers of all groups' sums, 8 MiB

  /// Writes the sum of the parts from `first` to before `end` to `sums`, from `at` on.
  @FunctionalInterface
  interface Part {
    void sum(int first, int end, float[] sums, int at);
  }

  private PartialSums() {}

  /// Whether so many parts of `size` numbers are summed in groups; if not, all are one part.
  static boolean inGroups(int parts, int size) {
    return parts >= groups(parts) && (long) groups(parts) * size <= MOST;
  }

  private static int groups(int parts) {
    return parts >= GROUPS ? GROUPS : GROUPS / 2; // even numbers, for two threads
  }

  /// Writes the sum of all parts, `size` numbers, to `sum`.
  static void add(int parts, float[] sum, int size, Part part) {
    if (!inGroups(parts, size)) {
      part.sum(0, parts, sum, 0);
      return;
    }
    int groups = groups(parts);
    float[] sums = Scratch.GRADIENT.floats(groups * size);
    Parallel.chunks(
        groups,
        group -> part.sum(
            parts * group / groups, parts * (group + 1) / groups, sums, group * size));
    System.arraycopy(sums, 0, sum, 0, size);
    Parallel.range(
        size,
        GRAIN,
        (from, to) -> {
          for (int group = 1; group < groups; group++) {
            VectorTile.add(sums, group * size + from, sum, from, to - from);
          }
        });
  }
}

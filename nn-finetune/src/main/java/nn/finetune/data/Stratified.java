package nn.finetune.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/// Samples drawn class by class, so that every class is there.
final class Stratified {
  private Stratified() {}

  static Dataset.Split split(Dataset data, double share, long seed) {
    if (!(share > 0 && share < 1)) {
      throw new IllegalArgumentException("the share must lie between 0 and 1, got " + share);
    }
    int[][] members = Draws.byClass(data, seed);
    for (int c = 0; c < members.length; c++) {
      if (members[c].length < 2) {
        throw new DataException(
            "the class '" + data.classes().get(c) + "' has " + samples(members[c].length)
                + ", and needs 2 to be split: add more, or leave the class out with select(…)");
      }
    }
    int[] held = heldPerClass(members, share);
    List<Integer> taken = new ArrayList<>();
    List<Integer> rest = new ArrayList<>();
    for (int c = 0; c < members.length; c++) {
      for (int i = 0; i < members[c].length; i++) {
        (i < held[c] ? taken : rest).add(members[c][i]);
      }
    }
    return new Dataset.Split(data.subset(sorted(rest)), data.subset(sorted(taken)));
  }

  /// The share of each class, rounded down, and one more where most was cut off, until the sum is
  /// that of the whole (largest remainder); at least one sample, and never all.
  private static int[] heldPerClass(int[][] members, double share) {
    int all = Arrays.stream(members).mapToInt(m -> m.length).sum();
    int[] held = Arrays.stream(members).mapToInt(m -> (int) (share * m.length)).toArray();
    long missing = Math.round(share * all) - Arrays.stream(held).sum();
    IntStream.range(0, members.length)
        .boxed()
        .sorted(Comparator.comparingDouble(c -> held[c] - share * members[c].length))
        .limit(Math.max(0, missing))
        .forEach(c -> held[c]++);
    for (int c = 0; c < held.length; c++) {
      held[c] = Math.clamp(held[c], 1, members[c].length - 1);
    }
    return held;
  }

  static Dataset perClass(Dataset data, int count, long seed) {
    if (count < 1) {
      throw new IllegalArgumentException("take 1 sample or more of each class, got " + count);
    }
    List<Integer> chosen = new ArrayList<>();
    int[][] members = Draws.byClass(data, seed);
    for (int c = 0; c < members.length; c++) {
      if (members[c].length < count) {
        throw new DataException(
            "the class '" + data.classes().get(c) + "' has " + samples(members[c].length)
                + ", fewer than " + count);
      }
      Arrays.stream(members[c], 0, count).forEach(chosen::add);
    }
    return data.subset(sorted(chosen));
  }

  private static String samples(int count) {
    return count == 1 ? "1 sample" : count + " samples";
  }

  private static int[] sorted(List<Integer> indices) {
    return indices.stream().mapToInt(Integer::intValue).sorted().toArray();
  }
}

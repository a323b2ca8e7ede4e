package nn.finetune.data;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/// What is left to chance, and depends on its seed alone.
final class Draws {
  private Draws() {}

  /// A source of randomness for one purpose: the seed of a run, then what tells purposes apart, such
  /// as the epoch and the sample. They are mixed one after another, as sums would meet.
  static SplittableRandom of(long seed, long... purpose) {
    long mixed = new SplittableRandom(seed).nextLong();
    for (long each : purpose) {
      mixed = new SplittableRandom(mixed + each).nextLong();
    }
    return new SplittableRandom(mixed);
  }

  /// The numbers below `size`, shuffled (Fisher and Yates).
  static int[] order(int size, SplittableRandom random) {
    int[] order = IntStream.range(0, size).toArray();
    for (int i = size - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int swapped = order[i];
      order[i] = order[j];
      order[j] = swapped;
    }
    return order;
  }

  /// The samples of each class, shuffled.
  static int[][] byClass(Dataset data, long seed) {
    List<List<Integer>> members = new ArrayList<>();
    data.classes().forEach(_ -> members.add(new ArrayList<>()));
    for (int i : order(data.size(), of(seed))) {
      members.get(data.label(i)).add(i);
    }
    return members.stream()
        .map(list -> list.stream().mapToInt(Integer::intValue).toArray())
        .toArray(int[][]::new);
  }
}

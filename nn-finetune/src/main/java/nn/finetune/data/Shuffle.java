package nn.finetune.data;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/// Samples in a random order that depends on the seed alone.
final class Shuffle {
  private Shuffle() {}

  /// The numbers below `size`, shuffled (Fisher and Yates).
  static int[] order(int size, long seed) {
    int[] order = IntStream.range(0, size).toArray();
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = size - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int swapped = order[i];
      order[i] = order[j];
      order[j] = swapped;
    }
    return order;
  }

  static int[][] byClass(Dataset data, long seed) {
    List<List<Integer>> members = new ArrayList<>();
    data.classes().forEach(_ -> members.add(new ArrayList<>()));
    for (int i : order(data.size(), seed)) {
      members.get(data.label(i)).add(i);
    }
    return members.stream()
        .map(list -> list.stream().mapToInt(Integer::intValue).toArray())
        .toArray(int[][]::new);
  }

  static int[] sorted(List<Integer> indices) {
    return indices.stream().mapToInt(Integer::intValue).sorted().toArray();
  }
}

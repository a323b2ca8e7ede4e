package nn.finetune.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import nn.layers.image.Pixels;
import nn.layers.image.Preprocessing;

/// Images with labels, by number. An image is decoded when it is asked for, so that a folder may be larger than memory.
///
/// May be used by several threads at once.
public interface Dataset {
  /// How many samples there are.
  int size();

  /// The names of the classes, in the order of their numbers.
  List<String> classes();

  /// The class of a sample.
  int label(int index);

  /// The image of a sample.
  ///
  /// @throws DataException if it cannot be read: the message names it
  Pixels image(int index);

  /// What a person would call a sample: a file's name, or a file and a number.
  String name(int index);

  /// Batches for training: in another order in every epoch, the same ones for the same seed, prepared on other threads.
  default Batches batches(int batchSize, long seed, Preprocessing preprocessing) {
    return new Batches(this, preprocessing).size(batchSize).shuffled(seed);
  }

  /// Batches for evaluation: in order.
  default Batches batches(int batchSize, Preprocessing preprocessing) {
    return new Batches(this, preprocessing).size(batchSize);
  }

  /// How many samples each class has.
  default int[] counts() {
    int[] counts = new int[classes().size()];
    for (int i = 0; i < size(); i++) {
      counts[label(i)]++;
    }
    return counts;
  }

  /// The samples with these numbers, in this order.
  default Dataset subset(int... indices) {
    return new Subset(this, indices.clone());
  }

  /// Two parts of a data set.
  ///
  /// @param rest the larger part, to train on
  /// @param held the part that was taken out, to test on
  record Split(Dataset rest, Dataset held) {}

  /// Takes a share of every class out (stratified), at random, at least one sample of each and never all.
  ///
  /// @param share between 0 and 1
  /// @param seed the same seed takes the same samples
  /// @throws DataException if a class has only one sample
  default Split split(double share, long seed) {
    if (!(share > 0 && share < 1)) {
      throw new IllegalArgumentException("the share must lie between 0 and 1, got " + share);
    }
    List<Integer> rest = new ArrayList<>();
    List<Integer> held = new ArrayList<>();
    int[][] byClass = Shuffle.byClass(this, seed);
    for (int c = 0; c < byClass.length; c++) {
      int[] members = byClass[c];
      if (members.length == 1) {
        throw new DataException(
            "the class '" + classes().get(c) + "' has one sample, which cannot be split: add more");
      }
      int taken = Math.clamp(Math.round(share * members.length), 1, members.length - 1);
      for (int i = 0; i < members.length; i++) {
        (i < taken ? held : rest).add(members[i]);
      }
    }
    return new Split(subset(Shuffle.sorted(rest)), subset(Shuffle.sorted(held)));
  }

  /// The same number of samples of every class, at random: for learning from few examples.
  ///
  /// @throws DataException if a class has fewer
  default Dataset perClass(int count, long seed) {
    List<Integer> chosen = new ArrayList<>();
    int[][] byClass = Shuffle.byClass(this, seed);
    for (int c = 0; c < byClass.length; c++) {
      if (byClass[c].length < count) {
        throw new DataException(
            "the class '" + classes().get(c) + "' has " + byClass[c].length + " samples, fewer than "
                + count);
      }
      Arrays.stream(byClass[c], 0, count).forEach(chosen::add);
    }
    return subset(Shuffle.sorted(chosen));
  }

  /// The same images with other labels: `label[i]` becomes `newLabels[label[i]]`, and those that become −1 are left out.
  ///
  /// @param newClasses the names of the new classes
  /// @param newLabels the new class of each old one, or −1
  default Dataset relabel(List<String> newClasses, int... newLabels) {
    if (newLabels.length != classes().size()) {
      throw new IllegalArgumentException(
          newLabels.length + " new labels for " + classes().size() + " classes");
    }
    int[] kept = IntStream.range(0, size()).filter(i -> newLabels[label(i)] >= 0).toArray();
    return new Relabelled(subset(kept), List.copyOf(newClasses), newLabels.clone());
  }

  /// Several data sets of the same classes, one after another.
  static Dataset concat(Dataset... parts) {
    return new Joined(List.of(parts));
  }
}

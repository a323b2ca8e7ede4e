package nn.finetune.data;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import nn.layers.image.Pixels;
import nn.layers.image.Preprocessing;

/// Images with labels, by number. An image is decoded when it is asked for, so that a folder may be
/// larger than memory.
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

  /// How such images are prepared as a rule, for a network that does not say otherwise. A trained
  /// network does: its own preprocessing goes first.
  default Preprocessing preprocessing() {
    if (size() == 0) {
      throw new DataException("there is no image that could show how images are prepared");
    }
    Pixels first = image(0);
    return Preprocessing.centred(first.channels(), first.height(), first.width());
  }

  /// Batches for training: in another order in every epoch, the same ones for the same seed,
  /// prepared on other threads.
  default Batches batches(int batchSize, long seed, Preprocessing preprocessing) {
    return new Batches(this, preprocessing).size(batchSize).shuffled(seed);
  }

  /// Batches for training, prepared as [such images are][#preprocessing] as a rule.
  default Batches batches(int batchSize, long seed) {
    return batches(batchSize, seed, preprocessing());
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

  /// Takes a share of every class out (stratified), at random: at least one sample of each and never
  /// all, each class to within one sample of its share.
  ///
  /// @param share between 0 and 1
  /// @param seed the same seed takes the same samples
  /// @throws DataException if a class has fewer than two samples
  default Split split(double share, long seed) {
    return Stratified.split(this, share, seed);
  }

  /// The same number of samples of every class, at random: for learning from few examples.
  ///
  /// @throws DataException if a class has fewer
  default Dataset perClass(int count, long seed) {
    return Stratified.perClass(this, count, seed);
  }

  /// The samples of some classes alone, which get their numbers in the order given.
  ///
  /// @throws IllegalArgumentException if there is no such class, or it is named twice
  default Dataset select(String... names) {
    int[] newLabels = new int[classes().size()];
    Arrays.fill(newLabels, -1);
    for (int i = 0; i < names.length; i++) {
      int label = classes().indexOf(names[i]);
      if (label < 0) {
        throw new IllegalArgumentException(
            "there is no class '" + names[i] + "'; there are " + String.join(", ", classes()));
      }
      if (newLabels[label] >= 0) {
        throw new IllegalArgumentException("the class '" + names[i] + "' is named twice");
      }
      newLabels[label] = i;
    }
    return relabel(List.of(names), newLabels);
  }

  /// The same images with other labels: `label` becomes `newLabels[label]`, and those that become −1
  /// are left out.
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

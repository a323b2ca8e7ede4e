package nn.finetune;

import java.util.List;
import java.util.function.IntFunction;
import nn.finetune.data.Batch;
import nn.finetune.data.Batches;

/// Where a [Trainer] gets its batches: for each epoch anew, since every epoch has another order.
///
/// [Batches] of a data set are handed to the trainer as they are; this is for those who make their batches otherwise.
public interface TrainingData {
  /// The batches of an epoch.
  ///
  /// @param epoch the first is 1
  Iterable<Batch> batches(int epoch);

  /// How many batches each epoch has: the schedule of the learning rate needs to know before.
  int steps();

  /// The names of the classes, which the network must have an output for each of; empty if they are not known.
  default List<String> classes() {
    return List.of();
  }

  /// Data from a data set.
  static TrainingData of(Batches batches) {
    return new TrainingData() {
      @Override
      public Iterable<Batch> batches(int epoch) {
        return batches.epoch(epoch);
      }

      @Override
      public int steps() {
        return batches.steps();
      }

      @Override
      public List<String> classes() {
        return batches.data().classes();
      }
    };
  }

  /// Data that makes its batches by a function.
  ///
  /// @param steps how many batches each epoch has
  static TrainingData of(int steps, IntFunction<? extends Iterable<Batch>> batches) {
    return new TrainingData() {
      @Override
      public Iterable<Batch> batches(int epoch) {
        return batches.apply(epoch);
      }

      @Override
      public int steps() {
        return steps;
      }
    };
  }

  /// The same batches in the same order in every epoch.
  static TrainingData of(List<Batch> batches) {
    return of(batches.size(), _ -> batches);
  }
}

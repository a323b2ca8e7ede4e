package nn.finetune;

import java.util.List;
import java.util.function.IntFunction;
import nn.finetune.data.Batch;

/// Where a [Trainer] gets its batches: for each epoch anew, since every epoch has another order.
///
/// ```java
/// TrainingData.of(steps, epoch -> data.batches(32, epoch))
/// ```
public interface TrainingData {
  /// The batches of an epoch.
  ///
  /// @param epoch the first is 1
  Iterable<Batch> batches(int epoch);

  /// How many batches each epoch has: the schedule of the learning rate needs to know before.
  int steps();

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

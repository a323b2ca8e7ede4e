package nn.cli.demo;

import nn.finetune.AdamW;
import nn.finetune.History;
import nn.finetune.ParameterGroup;
import nn.finetune.Schedule;
import nn.finetune.Trainer;
import nn.finetune.TrainingListener;
import nn.finetune.data.Augmentation;
import nn.finetune.data.Dataset;
import nn.layers.Layer;

/// Trains a network on pictures, the same way whatever it knew before: as fair a comparison as can be.
final class Learner {
  /// How a network is trained.
  ///
  /// @param steps how many updates, about: whole epochs are done
  /// @param batch how many pictures each
  /// @param rate the learning rate at the start; it falls along half a cosine
  record Plan(int steps, int batch, double rate) {
    /// How often to go through so many pictures.
    int epochs(int pictures) {
      return Math.ceilDiv(steps, Math.ceilDiv(pictures, batch));
    }

    /// How many updates learning from so many pictures takes.
    int steps(int pictures) {
      return epochs(pictures) * Math.ceilDiv(pictures, batch);
    }
  }

  /// What a training came to.
  ///
  /// @param seconds how long it took
  /// @param trainable how many numbers were trained
  /// @param frozenTensors how many tensors were frozen, and are proven to be unchanged
  record Lesson(double seconds, long trainable, int frozenTensors) {}

  private Learner() {}

  /// Trains what is not frozen.
  ///
  /// @param seed decides which pictures are seen when
  /// @param stepDone is run after each step
  static Lesson learn(Layer network, Dataset pictures, Plan plan, long seed, Runnable stepDone) {
    AdamW optimizer = new AdamW(ParameterGroup.of(network.parameters(), plan.rate()));
    History history =
        new Trainer(network, optimizer)
            .withEpochs(plan.epochs(pictures.size()))
            .withSchedule(Schedule.cosine())
            .withSeed(seed)
            .withListener(
                new TrainingListener() {
                  @Override
                  public void stepDone(StepDone step) {
                    stepDone.run();
                  }
                })
            .run(
                pictures
                    .batches(plan.batch(), seed, CarsAndTrucks.PREPROCESSING)
                    .augmented(Augmentation.none().flip().paddedCrop(3)));
    return new Lesson(
        history.seconds(),
        network.parameters().trainable().elements(),
        history.proof().tensors());
  }
}

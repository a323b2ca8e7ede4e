package nn.finetune;

import java.util.OptionalDouble;
import nn.layers.Layer;

/// Hears how a training run goes. May freeze, unfreeze and [stop][Trainer#stop]; each method does
/// nothing unless overridden.
public interface TrainingListener {
  /// A run begins.
  default void started(Start start) {}

  /// An epoch begins: the moment for a recipe to freeze and unfreeze.
  default void epochStarted(EpochStart start) {}

  /// An optimizer step is done.
  default void stepDone(StepDone step) {}

  /// An epoch is done, with its validation.
  default void epochDone(EpochResult epoch) {}

  /// The run is done; the best weights are restored, if there was an early stop.
  default void done(History history) {}

  /// How a run begins.
  ///
  /// @param model what is trained
  /// @param epochs how many epochs at most
  /// @param steps how many steps each epoch has
  record Start(Layer model, int epochs, int steps) {}

  /// How an epoch begins.
  ///
  /// @param model what is trained
  /// @param epoch which epoch; the first is 1
  /// @param epochs how many at most
  record EpochStart(Layer model, int epoch, int epochs) {}

  /// What a step did.
  ///
  /// @param epoch which epoch; the first is 1
  /// @param epochs how many epochs at most
  /// @param step which step of the epoch; the first is 1
  /// @param steps how many steps each epoch has
  /// @param images how many samples the batch had
  /// @param right how many of them the network had right, before the update
  /// @param loss the loss before the update
  /// @param rateFactor what the schedule said
  /// @param rate the learning rate of the first group
  /// @param gradientNorm the norm of the gradients before clipping; empty if nothing is clipped
  /// @param epochImages how many samples this epoch has had so far
  /// @param epochSeconds how long this epoch has taken so far, with the reading of the data
  record StepDone(
      int epoch,
      int epochs,
      int step,
      int steps,
      int images,
      int right,
      double loss,
      double rateFactor,
      double rate,
      OptionalDouble gradientNorm,
      long epochImages,
      double epochSeconds) {
    /// How many samples a second this epoch has had so far.
    public double imagesPerSecond() {
      return epochImages / epochSeconds;
    }

    /// How long the rest of this epoch takes at the speed so far.
    public double epochSecondsLeft() {
      return epochSeconds / step * (steps - step);
    }
  }
}

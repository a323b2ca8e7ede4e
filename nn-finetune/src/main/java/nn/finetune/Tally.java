package nn.finetune;

import java.util.Optional;
import java.util.OptionalDouble;
import nn.finetune.data.Batch;

/// The sums of an epoch under way.
final class Tally {
  private final long start = System.nanoTime();
  private final double baseRate;
  private int steps;
  private long images;
  private long right;
  private double lossSum;
  private double rateFactor = 1;

  Tally(double baseRate) {
    this.baseRate = baseRate;
  }

  void count(int images, TrainingStep.Result step, double rateFactor) {
    steps++;
    this.images += images;
    right += step.right();
    lossSum += step.loss() * images;
    this.rateFactor = rateFactor;
  }

  int steps() {
    return steps;
  }

  /// How long the epoch has taken so far.
  double seconds() {
    return (System.nanoTime() - start) / 1e9;
  }

  TrainingListener.StepDone step(
      Batch batch,
      TrainingStep.Result result,
      OptionalDouble gradientNorm,
      TrainingListener.EpochStart epoch,
      int stepsOfEpoch) {
    return new TrainingListener.StepDone(
        epoch.epoch(),
        epoch.epochs(),
        steps,
        stepsOfEpoch,
        batch.size(),
        result.right(),
        result.loss(),
        rateFactor,
        baseRate * rateFactor,
        gradientNorm,
        images,
        seconds());
  }

  EpochResult result(int epoch, double seconds, Optional<Evaluation> validation, boolean isBest) {
    return new EpochResult(
        epoch, lossSum / images, right, images, baseRate * rateFactor, seconds, validation, isBest);
  }
}

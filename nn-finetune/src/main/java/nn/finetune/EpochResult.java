package nn.finetune;

import java.util.Optional;

/// What an epoch came to.
///
/// @param epoch which one; the first is 1
/// @param loss the mean loss over the samples, each as it was before its step
/// @param right how many samples the network had right, before their step
/// @param images how many samples there were
/// @param rate the learning rate of the first group, in the last step
/// @param seconds how long the training took, without the validation
/// @param validation how the network does on the validation data; empty if there is none
/// @param isBest whether it is better than all before, by what the early stop looks at; true
///   without an early stop
public record EpochResult(
    int epoch,
    double loss,
    long right,
    long images,
    double rate,
    double seconds,
    Optional<Evaluation> validation,
    boolean isBest) {
  /// The part of the samples that the network had right, before their step.
  public double accuracy() {
    return right / (double) images;
  }

  /// How many samples a second.
  public double imagesPerSecond() {
    return images / seconds;
  }
}

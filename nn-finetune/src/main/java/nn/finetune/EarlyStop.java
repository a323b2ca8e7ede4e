package nn.finetune;

/// Ends a run when the validation does not get better any more, and has the weights of the best
/// epoch restored. Prechelt, "Early Stopping — But When?", 1998.
///
/// @param measure what is looked at
/// @param patience after how many epochs in a row without a new best the run ends
public record EarlyStop(Measure measure, int patience) {
  /// What is looked at.
  public enum Measure {
    /// The validation loss: less is better.
    LOSS,
    /// The validation accuracy: more is better.
    ACCURACY
  }

  public EarlyStop {
    if (patience < 1) {
      throw new IllegalArgumentException("patience is 1 epoch or more, got " + patience);
    }
  }

  /// Looks at the validation loss.
  public static EarlyStop onLoss(int patience) {
    return new EarlyStop(Measure.LOSS, patience);
  }

  /// Looks at the validation accuracy.
  public static EarlyStop onAccuracy(int patience) {
    return new EarlyStop(Measure.ACCURACY, patience);
  }

  /// The measure of an evaluation, turned so that more is better.
  double score(Evaluation evaluation) {
    return switch (measure) {
      case LOSS -> -evaluation.loss();
      case ACCURACY -> evaluation.accuracy();
    };
  }
}

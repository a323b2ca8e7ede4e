package nn.finetune;

/// The loss is not a number, or infinitely large: training has diverged, or the data are broken.
/// The network is left as it is; nothing is restored.
public final class NonFiniteLossException extends ArithmeticException {
  private static final long serialVersionUID = 1L;

  private final int epoch;
  private final int step;

  /// @param epoch in which epoch; the first is 1
  /// @param step at which step of the epoch; the first is 1
  /// @param message what happened and what to do
  NonFiniteLossException(int epoch, int step, String message) {
    super(message);
    this.epoch = epoch;
    this.step = step;
  }

  /// In which epoch it happened; the first is 1.
  public int epoch() {
    return epoch;
  }

  /// At which step of the epoch it happened; the first is 1.
  public int step() {
    return step;
  }
}

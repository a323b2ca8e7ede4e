package nn.finetune.data;

/// Data that cannot be used: a missing or broken file, an empty folder, labels that do not fit. The message names the file and
/// the place in it, and says what to do.
public final class DataException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public DataException(String message) {
    super(message);
  }

  public DataException(String message, Throwable cause) {
    super(message, cause);
  }
}

package nn.layers.state;

/// Weights that do not fit a network. Nothing has been loaded: every problem is known before anything is touched.
public final class LoadingException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient LoadingReport report;

  LoadingException(String message, LoadingReport report) {
    super(message);
    this.report = report;
  }

  /// What would have been done with each tensor.
  public LoadingReport report() {
    return report;
  }
}

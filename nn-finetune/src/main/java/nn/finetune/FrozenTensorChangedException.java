package nn.finetune;

import java.util.List;

/// A tensor changed while it was frozen: the [proof][FrozenProof] failed.
public final class FrozenTensorChangedException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  private final transient List<String> paths;

  /// @param paths what has changed
  public FrozenTensorChangedException(List<String> paths) {
    super(
        (paths.size() == 1 ? "a frozen tensor has" : paths.size() + " frozen tensors have")
            + " changed: "
            + String.join(", ", paths)
            + ". Only an optimizer may write parameters, and only those that are trainable;"
            + " look for code that writes into them by itself");
    this.paths = List.copyOf(paths);
  }

  /// The paths of what has changed.
  public List<String> paths() {
    return paths;
  }
}

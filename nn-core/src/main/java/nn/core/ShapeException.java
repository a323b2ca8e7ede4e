package nn.core;

import java.util.ArrayList;
import java.util.List;

/// Shapes that do not fit, said so that the reader can mend it: where in the network, which operation, both
/// shapes and the rule: `at backbone.fc1: affine: [3×9] · [32×8]ᵀ: inner extents differ, 9 ≠ 8`.
public final class ShapeException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final transient List<String> path;
  private final String problem;

  /// @param operation the operation that was asked for, such as `affine`
  /// @param problem the shapes and the rule that they break
  public ShapeException(String operation, String problem) {
    this(List.of(), operation + ": " + problem);
  }

  private ShapeException(List<String> path, String problem) {
    super(path.isEmpty() ? problem : "at " + String.join(".", path) + ": " + problem);
    this.path = path;
    this.problem = problem;
  }

  /// The same error, as seen from the layer that holds the failing one under `name`: containers call it on the
  /// way up, so that the message ends with the whole path.
  public ShapeException within(String name) {
    List<String> whole = new ArrayList<>(path);
    whole.addFirst(name);
    ShapeException outer = new ShapeException(List.copyOf(whole), problem);
    outer.setStackTrace(getStackTrace());
    return outer;
  }
}

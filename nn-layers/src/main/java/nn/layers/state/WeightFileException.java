package nn.layers.state;

import java.io.IOException;
import java.nio.file.Path;

/// A weight file that cannot be read: truncated, corrupt, of an unknown kind, or with something in it that is not read on
/// purpose. The message names the file, the place in it, and what to do.
public final class WeightFileException extends IOException {
  private static final long serialVersionUID = 1L;

  /// @param file the file
  /// @param problem where in it, what is wrong, and what to do
  public WeightFileException(Path file, String problem) {
    super(file + ": " + problem);
  }

  /// @param cause what the reading ended with
  public WeightFileException(Path file, String problem, Throwable cause) {
    super(file + ": " + problem, cause);
  }
}

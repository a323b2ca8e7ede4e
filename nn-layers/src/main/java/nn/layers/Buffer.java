package nn.layers;

import nn.core.NdArray;
import nn.core.Shape;

/// A named array that belongs to a layer's state but is not trained by gradients, such as the
/// running mean of a batch norm. It is saved and loaded with the parameters.
public final class Buffer {
  /// What a buffer holds, which decides how a file stores it.
  public enum Kind {
    /// Real numbers; a file must have them.
    NUMBERS,
    /// A count, stored as a 64-bit integer; files may lack it, since it does not influence any
    /// result.
    COUNT
  }

  private final String name;
  private final NdArray value;
  private final Kind kind;

  Buffer(String name, NdArray value, Kind kind) {
    this.name = name;
    this.value = value;
    this.kind = kind;
  }

  /// The name within its layer, such as `running_mean`.
  public String name() {
    return name;
  }

  /// The numbers themselves: the layer writes into them.
  public NdArray value() {
    return value;
  }

  /// The shape of the numbers.
  public Shape shape() {
    return value.shape();
  }

  /// What it holds, which decides how a file stores it.
  public Kind kind() {
    return kind;
  }
}

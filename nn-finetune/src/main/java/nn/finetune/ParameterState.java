package nn.finetune;

import java.util.LinkedHashMap;
import java.util.Map;
import nn.core.NdArray;
import nn.core.Shape;

/// What an optimizer remembers of one parameter: how many updates it has had, and arrays of its
/// shape such as the momentum. It appears at the parameter's first update and survives freezing.
public final class ParameterState {
  private final Shape shape;
  private final Map<String, NdArray> arrays = new LinkedHashMap<>();
  private long updates;

  ParameterState(Shape shape) {
    this.shape = shape;
  }

  /// How many updates the parameter has had, with the present one. Does not advance while it is
  /// frozen.
  public long updates() {
    return updates;
  }

  /// The array of this name, to read and write; zeros when it is asked for the first time.
  public NdArray array(String name) {
    return arrays.computeIfAbsent(name, _ -> NdArray.zeros(shape));
  }

  void countUpdate() {
    updates++;
  }

  Map<String, NdArray> arrays() {
    return arrays;
  }

  void restore(long updates) {
    this.updates = updates;
  }
}

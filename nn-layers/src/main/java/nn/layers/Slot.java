package nn.layers;

import nn.core.ShapeException;
import nn.core.Tensor;

/// The place of a child in its parent: one truth for the code, which calls [#forward] on the field
/// that holds the slot, and for the tree, which knows the slot by its name. Replacing a head puts
/// another layer into the slot.
public final class Slot {
  private final String name;
  private Layer layer;

  Slot(String name, Layer layer) {
    this.name = name;
    this.layer = layer;
  }

  /// The name within the parent, such as `conv1`; no dots.
  public String name() {
    return name;
  }

  /// The layer that stands here now.
  public Layer layer() {
    return layer;
  }

  void put(Layer layer) {
    this.layer = layer;
  }

  /// Applies the layer that stands here. A shape error gets this slot's name in front of its path.
  public Tensor forward(Tensor x, Pass pass) {
    try {
      return layer.forward(x, pass);
    } catch (ShapeException e) {
      throw e.within(name);
    }
  }
}

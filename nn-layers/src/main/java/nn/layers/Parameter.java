package nn.layers;

import java.util.Optional;
import nn.core.Gradients;
import nn.core.NdArray;
import nn.core.Shape;
import nn.core.Tensor;

/// A named array that can be trained. It is the only door through which the need for a gradient
/// enters a graph: a parameter that is not [trainable][#trainable()] enters as a constant, so
/// nothing above it is remembered on its account: no activation kept, no backward work, no
/// gradient, no update.
public final class Parameter {
  private final String name;
  private final NdArray value;
  private final Tensor variable;
  private final Tensor constant;
  private boolean trainable = true;

  Parameter(String name, NdArray value) {
    this.name = name;
    this.value = value;
    this.variable = Tensor.variable(value);
    this.constant = Tensor.constant(value);
  }

  /// The name within its layer, such as `weight`; the path in the network is the layer's path and
  /// this.
  public String name() {
    return name;
  }

  /// The numbers themselves: an optimizer writes into them.
  public NdArray value() {
    return value;
  }

  /// The shape of the numbers.
  public Shape shape() {
    return value.shape();
  }

  /// Whether this is trained: has a gradient, is updated, decays, counts in the gradient norm.
  public boolean trainable() {
    return trainable;
  }

  /// Says whether this is trained. How its layer behaves does not change; to freeze that too, see
  /// [Layer#freeze].
  public Parameter trainable(boolean trainable) {
    this.trainable = trainable;
    return this;
  }

  /// This parameter as an input of an op: a variable if it is trainable and the pass records
  /// gradients, otherwise a constant.
  public Tensor in(Pass pass) {
    return trainable && pass.recordsGradients() ? variable : constant;
  }

  /// The gradient of this parameter; empty if the loss does not depend on it or it was not
  /// trainable.
  public Optional<NdArray> gradient(Gradients gradients) {
    return gradients.of(variable);
  }

  @Override
  public String toString() {
    return name + value.shape() + (trainable ? "" : " (frozen)");
  }
}

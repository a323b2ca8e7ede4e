package nn.core;

import org.jspecify.annotations.Nullable;

/// An [NdArray] and the [Op] that made it. The op is remembered **only if one of its inputs needs a gradient**; so
/// what is computed from constants alone leaves no trace, keeps no activation and costs nothing in the backward pass.
///
/// A tensor needs a gradient if it is a [#variable] or was computed from one. Nothing else: there is no global switch.
public final class Tensor {
  /// The place of a tensor in the graph: its identity in [Gradients]. It outlives the value where an op does not
  /// need the value any more ([#edge]).
  static final class Node {
    final @Nullable Op op; // null for a variable
    final Shape shape;

    Node(@Nullable Op op, Shape shape) {
      this.op = op;
      this.shape = shape;
    }
  }

  private final @Nullable NdArray value;
  private final Shape shape;
  final @Nullable Node node; // null for a constant

  private Tensor(@Nullable NdArray value, Shape shape, @Nullable Node node) {
    this.value = value;
    this.shape = shape;
    this.node = node;
  }

  /// A tensor that needs no gradient.
  public static Tensor constant(NdArray value) {
    return new Tensor(value, value.shape(), null);
  }

  /// A tensor that needs a gradient: where a graph begins.
  public static Tensor variable(NdArray value) {
    return new Tensor(value, value.shape(), new Node(null, value.shape()));
  }

  /// What an op computed. The op is kept for the backward pass if one of its inputs needs a gradient, and forgotten
  /// at once otherwise. Every op ends with this call.
  public static Tensor result(NdArray value, Op op) {
    for (Tensor input : op.inputs()) {
      if (input.needsGradient()) {
        return new Tensor(value, value.shape(), new Node(op, value.shape()));
      }
    }
    return constant(value);
  }

  /// The numbers.
  ///
  /// @throws IllegalStateException if this is an [#edge], which has none
  public NdArray value() {
    if (value == null) {
      throw new IllegalStateException(
          "this op did not keep the value of its input " + shape
              + "; in apply, keep it with keptFor(the input whose gradient needs it)");
    }
    return value;
  }

  public Shape shape() {
    return shape;
  }

  /// Whether this is a variable or was computed from one.
  public boolean needsGradient() {
    return node != null;
  }

  /// This tensor as an op's record keeps it if its **value** is of use only for the gradient of `other`: with its
  /// value if `other` needs a gradient, else as an [#edge]. So a frozen convolution keeps no activation.
  public Tensor keptFor(Tensor other) {
    return other.needsGradient() ? this : edge();
  }

  /// This tensor without its value, just its place in the graph: for an op whose backward does not need the value.
  public Tensor edge() {
    return value == null ? this : new Tensor(null, shape, node);
  }

  /// The gradients of this one number with respect to every variable it was computed from.
  ///
  /// @throws ShapeException if this is not a single number
  /// @throws IllegalStateException if it depends on no variable: everything is frozen or constant
  public Gradients backward() {
    if (shape.size() != 1) {
      throw new ShapeException(
          "backward", "a loss is a single number, this is " + shape
              + "; reduce it with mean() or sum(), or say the gradient: backward(dy)");
    }
    return backward(value().freshFull(shape, 1f));
  }

  /// The gradients of Σ dy · this with respect to every variable that this was computed from.
  ///
  /// @param dy the incoming gradient, of this tensor's shape
  public Gradients backward(NdArray dy) {
    if (!dy.shape().equals(shape)) {
      throw new ShapeException("backward", "gradient " + dy.shape() + " for a value " + shape);
    }
    return Gradients.of(this, dy);
  }

  @Override
  public String toString() {
    Op op = node == null ? null : node.op;
    String origin = node == null ? "constant" : op == null ? "variable" : op.name();
    return "Tensor" + shape + " (" + origin + ")";
  }
}

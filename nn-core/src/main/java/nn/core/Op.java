package nn.core;

import java.util.List;

/// One operation of a graph: a record of what its backward pass needs, and that backward pass.
///
/// An op is written as a record with a static `apply` that computes the value and ends with [Tensor#result]:
///
/// ```java
/// /// y = x².
/// record Square(Tensor x) implements Op {
///   static Tensor apply(Tensor x) {
///     return Tensor.result(x.value().times(x.value()), new Square(x));
///   }
///
///   @Override
///   public List<Tensor> inputs() {
///     return List.of(x);
///   }
///
///   @Override
///   public void backward(NdArray dy, Gradients gradients) {
///     gradients.add(x, () -> dy.times(x.value()).times(2f)); // dL/dx = 2x · dL/dy
///   }
/// }
/// ```
///
/// The record's header is what stays in memory until the backward pass: keep the least. An input whose value is only
/// needed for another input's gradient is kept with [Tensor#keptFor], one whose value is not needed with
/// [Tensor#edge].
public interface Op {
  /// The tensors that this was computed from, kept ones and edges alike, in any order.
  List<Tensor> inputs();

  /// Adds to `gradients`, for each input, `dy` multiplied by the derivative with respect to that input.
  ///
  /// In a [Workspace], `dy` and what is made here from it last until the gradients added have been passed on: an op that
  /// wants to look at them later keeps a [NdArray#copy].
  ///
  /// @param dy the gradient of the loss with respect to this op's result, of the result's shape; must not be changed, but see
  ///     [Gradients#over]
  void backward(NdArray dy, Gradients gradients);

  /// The name for messages: that of the record.
  default String name() {
    return getClass().getSimpleName();
  }
}

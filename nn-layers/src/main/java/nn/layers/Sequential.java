package nn.layers;

import java.util.ArrayList;
import java.util.List;
import nn.core.Tensor;

/// A chain: each layer's output is the next one's input. The usual way to write a network, and the
/// only place where [Layer#insertAfter], [Layer#removeAfter] and [Layer#truncateAt] can cut, since
/// only a chain says what comes after.
///
/// ```java
/// new Sequential()
///     .add("conv1", new Conv2d(1, 6, 5, random))
///     .add("relu1", Activation.relu())
///     .add("pool1", new MaxPool2d(2));
/// ```
///
/// May be extended to give a network a name of its own.
public class Sequential extends Layer {
  /// A chain of nothing, which hands its input through; [#add] makes it grow.
  public Sequential() {
    super();
  }

  /// The chain of these layers under the names `0`, `1`, `2`, …
  public static Sequential of(Layer... layers) {
    Sequential chain = new Sequential();
    for (int i = 0; i < layers.length; i++) {
      chain.add(Integer.toString(i), layers[i]);
    }
    return chain;
  }

  /// Puts a layer at the end.
  ///
  /// @param name the name that published weights give it, without dots
  /// @return this chain
  /// @throws IllegalArgumentException if the name is empty, has a dot or is taken
  public final Sequential add(String name, Layer layer) {
    slot(name, layer);
    return this;
  }

  @Override
  protected final Tensor compute(Tensor x, Pass pass) {
    return Chain.forward(x, pass, slots());
  }

  /// Puts a layer behind the child with the name `existing`.
  final void insert(String existing, String name, Layer layer) {
    slot(name, layer); // at the end; what should come after it follows it there
    List<Slot> all = new ArrayList<>(slots.values());
    Slot inserted = all.removeLast();
    slots.clear();
    for (Slot slot : all) {
      slots.put(slot.name(), slot);
      if (slot.name().equals(existing)) {
        slots.put(name, inserted);
      }
    }
  }

  /// Takes out every child behind the one with the name `last`.
  final void cutAfter(String last) {
    List<String> names = new ArrayList<>(slots.keySet());
    slots.keySet().removeAll(names.subList(names.indexOf(last) + 1, names.size()));
  }
}

package nn.finetune;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import nn.core.NdArray;
import nn.layers.Layer;

/// A copy of all numbers of a network, parameters and buffers, to go back to.
final class Snapshot {
  private final List<NdArray> live = new ArrayList<>();
  private final List<NdArray> copies = new ArrayList<>();

  private Snapshot() {}

  static Snapshot of(Layer model) {
    Snapshot snapshot = new Snapshot();
    model.parameters().forEach(entry -> snapshot.live.add(entry.parameter().value()));
    model.buffers().values().forEach(buffer -> snapshot.live.add(buffer.value()));
    snapshot.live.forEach(array -> snapshot.copies.add(array.copy()));
    return snapshot;
  }

  /// Takes the numbers as they are now.
  void take() {
    for (int i = 0; i < live.size(); i++) {
      write(live.get(i), copies.get(i));
    }
  }

  /// Writes the numbers back as they were taken.
  void restore() {
    for (int i = 0; i < live.size(); i++) {
      write(copies.get(i), live.get(i));
    }
  }

  /// Arrays that are equal are not touched, so that packed forms of frozen weights stay good.
  private static void write(NdArray from, NdArray to) {
    if (!Arrays.equals(from.array(), to.array())) {
      to.set(from);
    }
  }
}

package nn.layers.state;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import nn.layers.Buffer;
import nn.layers.Layer;
import nn.layers.Parameter;
import nn.layers.Paths;

/// The named arrays of a network, as a file stores them, in the file's order, and what the file says about itself.
public final class StateDict {
  private final Map<String, StoredTensor> tensors = new LinkedHashMap<>();
  private final Map<String, String> metadata;

  /// @throws IllegalArgumentException if a name occurs twice
  public StateDict(Collection<StoredTensor> tensors, Map<String, String> metadata) {
    for (StoredTensor tensor : tensors) {
      if (this.tensors.put(tensor.name(), tensor) != null) {
        throw new IllegalArgumentException("the name '" + tensor.name() + "' occurs twice");
      }
    }
    this.metadata = Map.copyOf(metadata);
  }

  /// The state of a network, as 32-bit floats (counts as integers): parents before children, parameters before buffers, by
  /// the names that a published file has.
  public static StateDict of(Layer network) {
    return of(network, DType.F32);
  }

  /// The state of a network with its real numbers in another precision: F32, F16 or BF16.
  public static StateDict of(Layer network, DType precision) {
    List<StoredTensor> tensors = new ArrayList<>();
    network.walk(
        (path, layer) -> {
          for (Parameter p : layer.ownParameters()) {
            tensors.add(StoredTensor.of(Paths.join(path, p.name()), precision, p.value()));
          }
          for (Buffer b : layer.ownBuffers()) {
            DType dtype = b.kind() == Buffer.Kind.COUNT ? DType.I64 : precision;
            tensors.add(StoredTensor.of(Paths.join(path, b.name()), dtype, b.value()));
          }
        });
    return new StateDict(tensors, Map.of());
  }

  /// The tensor of a name; empty if there is none.
  public Optional<StoredTensor> find(String name) {
    return Optional.ofNullable(tensors.get(name));
  }

  /// All tensors, in the file's order.
  public List<StoredTensor> tensors() {
    return List.copyOf(tensors.values());
  }

  /// All names, in the file's order.
  public List<String> names() {
    return List.copyOf(tensors.keySet());
  }

  /// How many tensors there are.
  public int size() {
    return tensors.size();
  }

  /// What the file says about itself.
  public Map<String, String> metadata() {
    return metadata;
  }

  /// The same tensors with other words about them.
  public StateDict withMetadata(Map<String, String> other) {
    return new StateDict(tensors(), other);
  }

  /// The same tensors under other names.
  public StateDict renamed(UnaryOperator<String> rule) {
    return new StateDict(
        tensors().stream().map(t -> t.renamed(rule.apply(t.name()))).toList(), metadata);
  }

  /// The same tensors without the prefix that a wrapper put before every name (`module.`), if there is one.
  public StateDict unwrapped() {
    return renamed(Loading.unwrapping(this));
  }

  /// Only the tensors whose names fulfil a condition.
  public StateDict where(Predicate<String> condition) {
    return new StateDict(
        tensors().stream().filter(t -> condition.test(t.name())).toList(), metadata);
  }

  /// Only what lies under a path, by the names that it has there: `backbone.conv1.weight` is `conv1.weight` under
  /// `backbone`.
  public StateDict under(String path) {
    String prefix = Paths.join(path, "");
    return where(name -> name.startsWith(prefix))
        .renamed(name -> name.substring(prefix.length()));
  }

  /// Loads everything into a network, all or nothing; see [Loading] for exemptions and the rules.
  ///
  /// @return what was done with each tensor
  /// @throws LoadingException if a name is missing or unexpected, or a shape differs; nothing has been touched then
  public LoadingReport into(Layer network) throws IOException {
    return new Loading(this, network).apply();
  }
}

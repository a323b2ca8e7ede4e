package nn.finetune;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import nn.core.NdArray;
import nn.layers.Buffer;
import nn.layers.Layer;
import nn.layers.Parameter;
import nn.layers.Paths;
import nn.layers.state.Sha256;

/// Proves that what is frozen stays as it is, bit for bit: takes the SHA-256 of each frozen tensor,
/// and compares later.
///
/// Frozen are the parameters that are not [trainable][Parameter#trainable()], and the buffers of
/// layers that [behave as at inference][Layer#isFrozen()]. A layer whose parameters alone were said
/// to be not trainable still updates its running statistics, so these are not taken.
///
/// ```java
/// FrozenProof proof = FrozenProof.of(model);
/// … // training
/// FrozenReport report = proof.verify(); // or an exception that names what has changed
/// ```
///
/// If the freezing changes in between, call [#follow] at that moment: the proof is then for each
/// tensor over the time in which it was frozen.
public final class FrozenProof {
  /// A frozen tensor and the hash it must keep.
  private record Witness(NdArray array, String hash) {}

  private final Layer model;
  private final Map<String, Witness> witnesses = new LinkedHashMap<>(); // those frozen now
  private final Map<String, Long> proven =
      new LinkedHashMap<>(); // every tensor that was ever hashed, and its bytes

  private FrozenProof(Layer model) {
    this.model = model;
  }

  /// Takes the hashes of everything that is frozen now.
  public static FrozenProof of(Layer model) {
    FrozenProof proof = new FrozenProof(model);
    proof.follow();
    return proof;
  }

  /// Goes on with the freezing as it is now: compares what is not frozen any more, and takes the
  /// hashes of what is newly frozen. Hashes nothing if the freezing has not changed.
  ///
  /// @throws FrozenTensorChangedException if a tensor changed while it was frozen
  public void follow() {
    Map<String, NdArray> frozen = frozen(model);
    Map<String, Witness> gone = new LinkedHashMap<>(witnesses);
    gone.entrySet().removeIf(e -> frozen.get(e.getKey()) == e.getValue().array());
    insist(report(gone));
    witnesses.keySet().removeAll(gone.keySet());
    frozen.forEach((path, array) -> {
      if (!witnesses.containsKey(path)) {
        witnesses.put(path, new Witness(array, Sha256.of(array)));
        proven.put(path, 4L * array.size());
      }
    });
  }

  /// Compares everything that was frozen at the last [#follow] with what it was when it was frozen.
  public FrozenReport compare() {
    return report(witnesses);
  }

  /// Compares as [#compare] does, and insists.
  ///
  /// @throws FrozenTensorChangedException if a tensor changed while it was frozen: the message
  ///   names all that did
  public FrozenReport verify() {
    return insist(report(witnesses));
  }

  private FrozenReport report(Map<String, Witness> compared) {
    List<String> changed = new ArrayList<>();
    compared.forEach((path, witness) -> {
      if (!Sha256.of(witness.array()).equals(witness.hash())) {
        changed.add(path);
      }
    });
    long bytes = proven.values().stream().mapToLong(Long::longValue).sum();
    return new FrozenReport(proven.size(), bytes, changed);
  }

  private static FrozenReport insist(FrozenReport report) {
    if (!report.unchanged()) {
      throw new FrozenTensorChangedException(report.changed());
    }
    return report;
  }

  /// Every frozen tensor of a network, by path.
  static Map<String, NdArray> frozen(Layer model) {
    Map<String, NdArray> frozen = new LinkedHashMap<>();
    model.walk((path, layer) -> {
      for (Parameter parameter : layer.ownParameters()) {
        if (!parameter.trainable()) {
          frozen.put(Paths.join(path, parameter.name()), parameter.value());
        }
      }
      if (layer.isFrozen()) {
        for (Buffer buffer : layer.ownBuffers()) {
          frozen.put(Paths.join(path, buffer.name()), buffer.value());
        }
      }
    });
    return frozen;
  }
}

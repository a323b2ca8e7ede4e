package nn.layers;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.random.RandomGenerator;
import nn.core.NdArray;
import nn.core.Shape;
import nn.core.Tensor;
import org.jspecify.annotations.Nullable;

/// A function with parameters, made of slots that hold layers. A network is a layer too.
///
/// A layer registers its parts in its constructor ([#parameter], [#buffer], [#slot]) and says in
/// [#compute] what it does with them. There is no train or evaluation mode: what a forward is for
/// is the [Pass]'s to say.
///
/// Parts are addressed by path, the names from the root joined by dots, as published weights name
/// them: `layer1.0.conv1.weight`.
public abstract class Layer {
  private final Map<String, Parameter> parameters = new LinkedHashMap<>();
  private final Map<String, Buffer> buffers = new LinkedHashMap<>();
  final Map<String, Slot> slots = new LinkedHashMap<>();
  private boolean frozen;
  private @Nullable String headPath;
  private @Nullable Head headKind; // what a head is made from again after it was taken off
  private @Nullable Identity headless; // stands in for a head that was taken off
  private @Nullable String architecture;
  private @Nullable String structure; // what the architecture's name was given to

  /// What this layer computes. Children are called through their slots, parameters enter by
  /// [Parameter#in].
  ///
  /// In a pass with a workspace the result lasts as long as it is needed, and anything else that is made here may be taken back
  /// once this returns: a layer that wants to show it later keeps a [NdArray#copy].
  ///
  /// @param pass what this forward is for; hand it on to the children as it is
  protected abstract Tensor compute(Tensor x, Pass pass);

  /// Applies this layer. If it is frozen, it behaves as at inference, whatever the pass.
  public final Tensor forward(Tensor x, Pass pass) {
    if (pass.skips(this)) {
      return x;
    }
    Tensor y = compute(x, pass.asSeenBy(this));
    pass.forwarded(this, y.shape());
    return y;
  }

  /// Applies this network to a batch: where a pass begins.
  public final Tensor forward(NdArray x, Pass pass) {
    return forward(Tensor.constant(pass.adopt(x)), pass);
  }

  /// Applies this network to a batch at inference.
  public final NdArray forward(NdArray x) {
    return forward(x, Pass.INFERENCE).value();
  }

  /// Applies what stands in these slots, one after the other: as calling each slot's [Slot#forward], but neighbours that
  /// compute together at less cost than apart do so. For [#compute].
  protected static Tensor chain(Tensor x, Pass pass, Slot... slots) {
    return Chain.forward(x, pass, List.of(slots));
  }

  /// What stands in `next` applied to a + b, as `next.forward(a.plus(b), pass)`, but a rectifier is computed with the sum. For
  /// [#compute].
  protected static Tensor sum(Tensor a, Tensor b, Slot next, Pass pass) {
    return Chain.sum(a, b, next, pass);
  }

  // ---- construction

  /// Registers a parameter under the name that published weights give it.
  protected final Parameter parameter(String name, NdArray initial) {
    Parameter parameter = new Parameter(checkNew(name), initial);
    parameters.put(name, parameter);
    return parameter;
  }

  /// Registers a buffer of numbers.
  protected final Buffer buffer(String name, NdArray initial) {
    return buffer(name, initial, Buffer.Kind.NUMBERS);
  }

  /// Registers a buffer.
  protected final Buffer buffer(String name, NdArray initial, Buffer.Kind kind) {
    Buffer buffer = new Buffer(checkNew(name), initial, kind);
    buffers.put(name, buffer);
    return buffer;
  }

  /// Registers a child.
  protected final Slot slot(String name, Layer layer) {
    Slot slot = new Slot(checkNew(name), layer);
    slots.put(name, slot);
    return slot;
  }

  private String checkNew(String name) {
    if (name.isEmpty() || name.indexOf('.') >= 0) {
      throw new IllegalArgumentException(
          "a name must not be empty and has no dots (paths have them): '" + name + "'");
    }
    if (parameters.containsKey(name) || buffers.containsKey(name) || slots.containsKey(name)) {
      throw new IllegalArgumentException(
          "'" + name + "' is registered twice in " + getClass().getSimpleName());
    }
    return name;
  }

  // ---- the tree

  /// Visits this layer and everything below, parents first, with the path of each; the path of this
  /// layer is empty.
  public final void walk(BiConsumer<String, Layer> visitor) {
    walk("", visitor);
  }

  private void walk(String path, BiConsumer<String, Layer> visitor) {
    visitor.accept(path, this);
    slots.forEach((name, slot) -> slot.layer().walk(Paths.join(path, name), visitor));
  }

  /// The parameters of this layer and of all below, by path, in the order of registration.
  public final Parameters parameters() {
    return Parameters.of(this);
  }

  /// The buffers of this layer and of all below, by path, in the order of registration.
  public final Map<String, Buffer> buffers() {
    Map<String, Buffer> all = new LinkedHashMap<>();
    walk((path, layer) -> layer.buffers.forEach((name, b) -> all.put(Paths.join(path, name), b)));
    return all;
  }

  /// The parameters that this layer holds itself.
  public final List<Parameter> ownParameters() {
    return List.copyOf(parameters.values());
  }

  /// The buffers that this layer holds itself.
  public final List<Buffer> ownBuffers() {
    return List.copyOf(buffers.values());
  }

  /// The slots that this layer holds itself, in the order of registration.
  public final List<Slot> slots() {
    return List.copyOf(slots.values());
  }

  /// The layer at a path; this one for the empty path.
  ///
  /// @throws IllegalArgumentException if there is none: the message lists what there is
  public final Layer at(String path) {
    return path.isEmpty() ? this : Paths.slot(this, path).layer();
  }

  // ---- freezing

  /// Freezes this layer and all below: their parameters are not trained, and they behave as at
  /// inference: batch norm uses its running statistics and keeps them, dropout is off. Gradients
  /// still flow through to trainable layers below. May be called at any time, also between two
  /// steps.
  ///
  /// @return this layer
  public final Layer freeze() {
    walk((_, layer) -> layer.setFrozen(true));
    return this;
  }

  /// The inverse of [#freeze]: this layer and all below are trained and behave as in training.
  ///
  /// @return this layer
  public final Layer unfreeze() {
    walk((_, layer) -> layer.setFrozen(false));
    return this;
  }

  /// Whether this layer behaves as at inference in every pass. Says nothing about the layers below.
  public final boolean isFrozen() {
    return frozen;
  }

  private void setFrozen(boolean frozen) {
    this.frozen = frozen;
    parameters.values().forEach(p -> p.trainable(!frozen));
  }

  // ---- the head

  /// Says which part below is the head: the last layer, whose outputs are the classes.
  ///
  /// @return this layer
  public final Layer withHead(String path) {
    Paths.slot(this, path);
    headPath = path;
    return this;
  }

  /// The path of the head.
  ///
  /// @throws IllegalStateException if this network does not know it
  public final String headPath() {
    if (headPath == null) {
      throw new IllegalStateException(
          getClass().getSimpleName() + " does not know its head: say it with withHead(path)");
    }
    if (Paths.find(this, headPath) == null) {
      throw new IllegalStateException(
          "the head at '"
              + headPath
              + "' was taken away: say with withHead(path) what is the head now");
    }
    return headPath;
  }

  /// Takes the head off and puts a new, trainable one in its place, for another number of classes.
  /// With 0 classes the network ends in its features; a later call puts a head on again.
  ///
  /// @param random draws the new weights
  /// @return this network
  /// @throws IllegalStateException if the head is not known, or not of a kind that can be made anew
  public final Layer replaceHead(int classes, RandomGenerator random) {
    if (classes < 0) {
      throw new IllegalArgumentException("the number of classes must not be negative: " + classes);
    }
    Slot slot = Paths.slot(this, headPath());
    Layer now = slot.layer();
    Head kind = now instanceof Head head ? head : now == headless ? headKind : null;
    if (kind == null) {
      throw new IllegalStateException(
          "the head at '"
              + headPath
              + "' ("
              + now
              + ") does not say how to be made for another number of classes;"
              + " put your own layer there with replace(path, layer)");
    }
    if (classes > 0) {
      slot.put(kind.withOutputs(classes, random));
      headKind = null;
      headless = null;
    } else {
      headKind = kind;
      headless = new Identity();
      slot.put(headless);
    }
    return this;
  }

  /// What the network computes below its head: forward without the head.
  public final Tensor features(Tensor x, Pass pass) {
    return forward(x, pass.skipping(at(headPath())));
  }

  /// What the network computes below its head, at inference.
  public final NdArray features(NdArray x) {
    return features(Tensor.constant(x), Pass.INFERENCE).value();
  }

  // ---- surgery

  /// Puts another layer in the place at `path`. The names of all other parts stay.
  ///
  /// @return this network
  /// @throws IllegalArgumentException if there is nothing at `path`
  public final Layer replace(String path, Layer layer) {
    Surgery.replace(this, path, layer);
    return this;
  }

  /// Puts a new layer behind the one at `path`, beside it under the name `name`. The names of all
  /// other parts stay, so weights of the base still fit.
  ///
  /// @return this network
  /// @throws IllegalArgumentException if there is nothing at `path`, its parent is not a
  ///   [Sequential], or the name is taken there
  public final Layer insertAfter(String path, String name, Layer layer) {
    Surgery.insertAfter(this, path, name, layer);
    return this;
  }

  /// Takes out what follows the layer at `path` in the same [Sequential]; what comes after that
  /// chain stays.
  ///
  /// @return this network
  /// @throws IllegalArgumentException if there is nothing at `path` or its parent is not a
  ///   [Sequential]
  public final Layer removeAfter(String path) {
    Surgery.removeAfter(this, path);
    return this;
  }

  /// Ends the network with the layer at `path`: takes out all that follows it, on every level. What
  /// comes next needs to know the shape that arrives: ask [#outputShape].
  ///
  /// @return this network
  /// @throws IllegalArgumentException if there is nothing at `path`, or a layer above it is not a
  ///   [Sequential]: the message says where one can cut
  public final Layer truncateAt(String path) {
    Surgery.truncateAt(this, path);
    return this;
  }

  // ---- description

  /// What kind of layer this is and with which settings, in a few words: `Conv2d 3→16, 3×3`.
  /// Settings that change the result belong here, since a network's structure is compared by these
  /// words. The name of the class, if a kind of layer does not say more.
  public String describe() {
    Class<?> kind = getClass();
    return (kind.isAnonymousClass() ? kind.getSuperclass() : kind).getSimpleName();
  }

  @Override
  public final String toString() {
    return describe();
  }

  /// What this network is made of, as a table: every layer with the shape of its output, which a
  /// dry run of one input finds out.
  ///
  /// @param input the shape of one input, without the batch axis: `[3×32×32]`
  public final Summary summary(Shape input) {
    return Summary.of(this, input);
  }

  /// The shape of what this computes for one input, without the batch axis, found out by a dry run.
  ///
  /// @param input the shape of one input, without the batch axis: `[3×32×32]`
  public final Shape outputShape(Shape input) {
    return Objects.requireNonNull(Summary.dryRun(this, input).get(this));
  }

  /// The name under which a [zoo][nn.layers.zoo.ModelZoo] makes this network again; empty for one
  /// of the user's own or one whose structure was changed, no matter where or how. Only the head
  /// may differ.
  public final Optional<String> architecture() {
    return structure != null && structure.equals(structure())
        ? Optional.ofNullable(architecture)
        : Optional.empty();
  }

  /// Says under which name a zoo makes this network, as it is now, again.
  ///
  /// @return this network
  public final Layer withArchitecture(String name) {
    architecture = name;
    structure = structure();
    return this;
  }

  /// Every layer by path and description, but for the head.
  private String structure() {
    StringBuilder text = new StringBuilder();
    walk((path, layer) -> {
      if (headPath == null || !(path + ".").startsWith(headPath + ".")) {
        text.append(path).append(' ').append(layer.getClass().getName());
        text.append(' ').append(layer.describe()).append('\n');
      }
    });
    return text.toString();
  }
}

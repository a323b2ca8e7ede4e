package nn.layers;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import nn.core.NdArray;
import nn.core.Shape;
import nn.core.Tensor;
import nn.core.Workspace;
import org.jspecify.annotations.Nullable;

/// What one forward pass is for: whether gradients will be wanted, whether layers behave as in
/// training, and where randomness comes from. It is an argument of every forward, so there is no
/// mode to set and none to forget.
///
/// | pass | parameters | dropout, batch statistics | randomness |
/// | --- | --- | --- | --- |
/// | [#INFERENCE] | constants | off, running statistics used | none: asking is an error |
/// | [#training] | trainable ones are variables | on | from the seed |
///
/// A pass with a [Workspace] owns the arrays made during it; [#close] takes their memory back for
/// the next pass. A pass without one leaves them to the garbage collector and need not be closed.
public final class Pass implements AutoCloseable {
  /// Looks at each layer's output while a pass goes through the network.
  @FunctionalInterface
  interface Observer {
    void forwarded(Layer layer, Shape output);
  }

  /// Nothing is recorded, layers behave as at inference, and there is no randomness.
  public static final Pass INFERENCE = new Pass(false, false, null, null, null, null);

  private final boolean gradients;
  private final boolean training;
  private final @Nullable SplittableRandom random;
  private final @Nullable Workspace workspace;
  private final @Nullable Observer observer;
  private final @Nullable Layer skipped;
  private final Pass whole; // what unfrozen layers see
  private final Pass frozen; // what frozen layers see

  private Pass(
      boolean gradients,
      boolean training,
      @Nullable SplittableRandom random,
      @Nullable Workspace workspace,
      @Nullable Observer observer,
      @Nullable Layer skipped) {
    this.gradients = gradients;
    this.training = training;
    this.random = random;
    this.workspace = workspace;
    this.observer = observer;
    this.skipped = skipped;
    this.whole = this;
    this.frozen = training ? new Pass(this) : this;
  }

  private Pass(Pass whole) {
    this.gradients = whole.gradients;
    this.training = false;
    this.random = null;
    this.workspace = whole.workspace;
    this.observer = whole.observer;
    this.skipped = whole.skipped;
    this.whole = whole;
    this.frozen = this;
  }

  /// A training pass: trainable parameters are variables, dropout drops, batch norm uses the batch.
  ///
  /// @param seed where all randomness of this pass comes from: the same seed gives the same pass
  public static Pass training(long seed) {
    return new Pass(true, true, new SplittableRandom(seed), null, null, null);
  }

  /// A training pass whose arrays are made in `workspace` and taken back by [#close].
  public static Pass training(long seed, Workspace workspace) {
    return new Pass(true, true, new SplittableRandom(seed), workspace, null, null);
  }

  /// An inference pass whose arrays are made in `workspace` and taken back by [#close].
  public static Pass inference(Workspace workspace) {
    return new Pass(false, false, null, workspace, null, null);
  }

  /// Whether trainable parameters enter as variables, so that a backward pass can follow.
  public boolean recordsGradients() {
    return gradients;
  }

  /// Whether layers behave as in training: dropout drops, batch norm uses and updates its
  /// statistics.
  public boolean isTraining() {
    return training;
  }

  /// The next independent source of randomness: each call gives a new one, the same ones in the
  /// same order for the same seed.
  ///
  /// @throws IllegalStateException at inference, which is not random
  public RandomGenerator random() {
    if (random == null) {
      throw new IllegalStateException(
          "an inference pass has no randomness: ask isTraining() first, or use Pass.training(seed)");
    }
    return random.split();
  }

  /// This pass for a frozen layer: gradients flow through it, but it behaves as at inference.
  public Pass asInference() {
    return frozen;
  }

  /// This pass for `layer`: as at inference if it is frozen, else as it is for the whole, even inside a frozen one.
  Pass asSeenBy(Layer layer) {
    return layer.isFrozen() ? frozen : whole;
  }

  /// An inference pass that shows every layer's output to `observer`.
  static Pass observed(Observer observer) {
    return new Pass(false, false, null, null, observer, null);
  }

  /// The same pass in which `layer` hands its input through.
  Pass skipping(Layer layer) {
    return new Pass(whole.gradients, whole.training, whole.random, workspace, observer, layer);
  }

  /// Whether somebody looks at single layers' outputs.
  boolean isObserved() {
    return observer != null;
  }

  boolean skips(Layer layer) {
    return layer == skipped;
  }

  void forwarded(Layer layer, Shape output) {
    if (observer != null) {
      observer.forwarded(layer, output);
    }
  }

  NdArray adopt(NdArray x) {
    return workspace == null ? x : workspace.adopt(x);
  }

  /// The present moment, if this pass has a workspace.
  Workspace.@Nullable Moment now() {
    return workspace == null ? null : workspace.now();
  }

  /// Gives back what was made since `began`, but for `y`, unless an op was recorded: nobody needs it any more.
  void keepOnly(Tensor y, Workspace.@Nullable Moment began) {
    if (workspace != null && began != null && !y.needsGradient()) {
      workspace.keepOnly(y.value(), began);
    }
  }

  /// Takes back the memory of the arrays made during this pass, if it has a workspace; they cannot
  /// be read any more.
  @Override
  public void close() {
    if (workspace != null) {
      workspace.recycle();
    }
  }
}

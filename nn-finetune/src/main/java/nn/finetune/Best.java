package nn.finetune;

import java.util.Optional;
import nn.layers.Layer;
import org.jspecify.annotations.Nullable;

/// The best epoch so far, by what an early stop looks at, and its weights.
final class Best {
  private final Layer model;
  private final @Nullable EarlyStop earlyStop;
  private @Nullable Snapshot weights;
  private double score;
  private int epochsSince;

  /// @param earlyStop null for none: the latest epoch is the best, and nothing is copied
  Best(Layer model, @Nullable EarlyStop earlyStop) {
    this.model = model;
    this.earlyStop = earlyStop;
  }

  /// Looks at the evaluation after an epoch; takes a copy of the weights if it is the best so far.
  boolean isNewBest(Optional<Evaluation> evaluation) {
    if (earlyStop == null) {
      return true;
    }
    double now = earlyStop.score(evaluation.orElseThrow());
    if (weights != null && !(now > score)) {
      epochsSince++;
      return false;
    }
    score = now;
    epochsSince = 0;
    if (weights == null) {
      weights = Snapshot.of(model);
    } else {
      weights.take();
    }
    return true;
  }

  /// Whether there has been no new best for as long as the early stop has patience.
  boolean isPatienceOver() {
    return earlyStop != null && epochsSince >= earlyStop.patience();
  }

  /// Gives the network the weights of the best epoch.
  void restore() {
    if (weights != null) {
      weights.restore();
    }
  }
}

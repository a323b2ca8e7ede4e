package nn.finetune;

import java.util.List;
import java.util.stream.Stream;

/// Applies one [freezing recipe][Freezing] after another, one at the start of each epoch; the last
/// one stays. Howard and Ruder, "Universal Language Model Fine-tuning for Text Classification",
/// 2018.
///
/// ```java
/// trainer.withListener(GradualUnfreezing.of("head", "layer4.*,head", "all"));
/// ```
public final class GradualUnfreezing implements TrainingListener {
  private final List<Freezing> recipes;

  private GradualUnfreezing(List<Freezing> recipes) {
    this.recipes = recipes;
  }

  /// Applies these recipes one after another.
  ///
  /// @param recipes what [Freezing#parse] understands, for the first epoch, the second, …
  public static GradualUnfreezing of(String... recipes) {
    if (recipes.length == 0) {
      throw new IllegalArgumentException("gradual unfreezing needs a recipe for each epoch");
    }
    return new GradualUnfreezing(Stream.of(recipes).map(Freezing::parse).toList());
  }

  @Override
  public void epochStarted(EpochStart start) {
    if (start.epoch() <= recipes.size()) {
      recipes.get(start.epoch() - 1).applyTo(start.model());
    }
  }
}

package nn.core.kernel;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/// What follows from a convolution's geometry alone, kept for the next call: a network meets the same ones in each step.
final class ByGeometry<T> {
  private static final int MOST = 64; // geometries, each some ten thousand offsets

  private final Map<ConvGeometry, T> kept = new ConcurrentHashMap<>();
  private final Function<ConvGeometry, T> make;

  ByGeometry(Function<ConvGeometry, T> make) {
    this.make = make;
  }

  T of(ConvGeometry g) {
    if (kept.size() >= MOST) {
      kept.clear();
    }
    return kept.computeIfAbsent(g, make);
  }
}

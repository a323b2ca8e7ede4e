package nn.layers;

import java.util.random.RandomGenerator;

/// A layer that can be the head of a network: it knows how to be made anew for another number of
/// outputs, with the same inputs.
public interface Head {
  /// A new layer of the same kind and the same inputs, with fresh weights.
  ///
  /// @param outputs how many outputs, 1 or more
  /// @param random draws the weights
  Layer withOutputs(int outputs, RandomGenerator random);
}

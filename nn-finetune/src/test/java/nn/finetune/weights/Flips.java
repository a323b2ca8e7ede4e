package nn.finetune.weights;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.random.RandomGenerator;
import nn.layers.state.StoredTensor;
import nn.layers.state.WeightFileException;

/// Flips bytes of a file at random. Whatever comes of it, it is a state that can be read, or the one typed error.
final class Flips {
  private Flips() {}

  static void of(byte[] whole, Path file, int trials, RandomGenerator random) throws IOException {
    int errors = 0;
    for (int trial = 0; trial < trials; trial++) {
      byte[] flipped = whole.clone();
      for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
        flipped[random.nextInt(whole.length)] = (byte) random.nextInt(256);
      }
      MadeFile.overwrite(file, flipped);
      try {
        for (StoredTensor tensor : Weights.read(file).tensors()) {
          tensor.toArray();
        }
      } catch (WeightFileException e) {
        assertTrue(e.getMessage().startsWith(file + ": "), e.getMessage());
        errors++;
      }
    }
    assertTrue(errors > trials / 20, errors + " of " + trials + " were found");
  }
}

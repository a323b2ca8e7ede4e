package nn.layers.state;

import java.io.IOException;
import java.nio.file.Path;
import nn.layers.Layer;

/// A network and its card in one safetensors file, which every other framework can read too.
///
/// @param card what the file says about itself
/// @param network the network, with the file's weights
public record ModelFile(ModelCard card, Layer network) {
  /// Makes a network of an architecture, for a number of classes.
  @FunctionalInterface
  public interface Factory {
    Layer create(String architecture, int classes);
  }

  /// Writes the network, atomically. The same network and card give the same bytes.
  public void write(Path file) throws IOException {
    write(file, DType.F32);
  }

  /// Writes the network with its numbers in a given precision: F32, F16 or BF16.
  public void write(Path file, DType precision) throws IOException {
    SafeTensors.write(file, StateDict.of(network, precision).withMetadata(card.toMetadata()));
  }

  /// Reads a file that [#write] wrote.
  ///
  /// @param factory makes the network: `ModelZoo::create`
  /// @throws WeightFileException if the file does not say what it is, or does not hold what it says
  public static ModelFile read(Path file, Factory factory) throws IOException {
    StateDict state = SafeTensors.read(file);
    ModelCard card;
    try {
      card =
          ModelCard.of(state.metadata())
              .orElseThrow(
                  () -> new WeightFileException(
                      file,
                      "does not say which network it belongs to: it was not written by Graft."
                          + " Name the architecture"));
    } catch (IllegalArgumentException e) {
      throw new WeightFileException(file, String.valueOf(e.getMessage()), e);
    }
    if (card.architecture().isEmpty() || card.classes().isEmpty()) {
      throw new WeightFileException(
          file,
          "does not name its architecture or its classes: make the network in code and load the"
              + " file into it");
    }
    Layer network;
    try {
      network = factory.create(card.architecture(), card.classes().size());
    } catch (IllegalArgumentException e) {
      throw new WeightFileException(file, String.valueOf(e.getMessage()), e);
    }
    try {
      state.into(network);
    } catch (LoadingException e) {
      throw new WeightFileException(
          file,
          "does not hold the " + card.architecture() + " with " + card.classes().size()
              + " classes that it says it is: " + e.getMessage(),
          e);
    }
    return new ModelFile(card, network);
  }
}

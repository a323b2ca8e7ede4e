package nn.layers.state;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import nn.layers.Layer;

/// A network and its card in one safetensors file, which every other framework can read too.
///
/// @param card what the file says about itself
/// @param network the network, with the file's weights
public record ModelFile(ModelCard card, Layer network) {
  private static final String HEAD = "graft.head";

  /// From here on a file must show that it has the classes it speaks of, before a network for them takes memory.
  private static final int MANY_CLASSES = 1000;

  private static final int MIN_FEATURES = 16; // that a head for many classes reads

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
    Map<String, String> metadata = new LinkedHashMap<>(card.toMetadata());
    head().ifPresent(path -> metadata.put(HEAD, path));
    SafeTensors.write(file, StateDict.of(network, precision).withMetadata(metadata));
  }

  /// Where the network's head is, if it knows: for readers that do not know the architecture.
  private Optional<String> head() {
    try {
      return Optional.of(network.headPath());
    } catch (IllegalStateException unknownOrTakenAway) {
      return Optional.empty();
    }
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
    int classes = card.classes().size();
    if (classes > MANY_CLASSES
        && state.tensors().stream().noneMatch(tensor -> isHead(tensor, classes))) {
      throw new WeightFileException(
          file, "says it tells " + classes + " classes apart, but has no tensor of so many rows:"
              + " it is corrupt");
    }
    Layer network;
    try {
      network = factory.create(card.architecture(), classes);
    } catch (IllegalArgumentException e) {
      throw new WeightFileException(file, String.valueOf(e.getMessage()), e);
    }
    try {
      state.into(network);
    } catch (LoadingException e) {
      throw new WeightFileException(
          file,
          "does not hold the " + card.architecture() + " with " + classes
              + " classes that it says it is: " + e.getMessage(),
          e);
    }
    return new ModelFile(card, network);
  }

  private static boolean isHead(StoredTensor tensor, int classes) {
    long[] extents = tensor.extents();
    return extents.length >= 2 && extents[0] == classes && extents[1] >= MIN_FEATURES;
  }
}

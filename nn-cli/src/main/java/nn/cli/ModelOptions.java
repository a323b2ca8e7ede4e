package nn.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import nn.finetune.weights.Weights;
import nn.layers.Layer;
import nn.layers.image.Preprocessing;
import nn.layers.state.Loading;
import nn.layers.state.ModelCard;
import nn.layers.state.ModelFile;
import nn.layers.state.StateDict;
import nn.layers.state.StoredTensor;
import nn.layers.state.WeightFileException;
import nn.layers.zoo.ModelZoo;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Which trained network: a file that Graft wrote says all by itself, for any other the network is named.
final class ModelOptions {
  @Option(
      names = "--weights",
      required = true,
      paramLabel = "FILE",
      description = "The weights: a model file that Graft wrote, or with --model another framework's.") private Path weights;

  @Option(
      names = "--model",
      paramLabel = "NAME",
      description = "Which network the weights belong to, see 'graft models'. A model file says it.") private @Nullable String name;

  /// A trained network and what belongs to it.
  ///
  /// @param network with the file's weights
  /// @param architecture its name in the zoo
  /// @param preprocessing how it wants its images
  /// @param classes what its outputs mean; numbers if nobody has named them
  /// @param isNamed whether somebody has named the classes
  record Model(
      Layer network,
      String architecture,
      Preprocessing preprocessing,
      List<String> classes,
      boolean isNamed) {}

  Path weights() {
    return weights;
  }

  /// The SHA-256 of the file, in hexadecimal.
  String sha256() throws IOException {
    try (InputStream in = Files.newInputStream(weights)) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      in.transferTo(new DigestOutputStream(OutputStream.nullOutputStream(), digest));
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }

  /// Reads the network as it is.
  Model read() throws IOException {
    return read(false);
  }

  /// Reads the network whose head will be replaced: a file without a head is as good.
  Model readForNewHead() throws IOException {
    return read(true);
  }

  private Model read(boolean headMayBeMissing) throws IOException {
    StateDict state = Weights.read(weights);
    Optional<ModelCard> card = card(state);
    if (card.isPresent()) {
      return ofGraft(card.get());
    }
    if (name == null) {
      throw new WeightFileException(
          weights,
          "does not say which network it belongs to; say it with --model ('graft models' lists"
              + " them)");
    }
    ModelZoo.Entry entry = ModelZoo.entry(name);
    String head = ModelZoo.create(name, 1).headPath();
    Optional<StoredTensor> headWeight = state.unwrapped().find(head + ".weight");
    boolean isHeadless = headMayBeMissing && headWeight.isEmpty();
    int classes = headWeight.map(ModelOptions::outputs).orElse(entry.classes());
    Layer network = ModelZoo.create(name, classes);
    Loading loading = new Loading(state, network);
    (isHeadless ? loading.allowMissing(head + ".*") : loading).apply();
    List<String> numbers = IntStream.range(0, classes).mapToObj(Integer::toString).toList();
    return new Model(network, name, entry.preprocessing(), numbers, false);
  }

  private Optional<ModelCard> card(StateDict state) throws IOException {
    try {
      return ModelCard.of(state.metadata()).filter(card -> !card.architecture().isEmpty());
    } catch (IllegalArgumentException e) {
      throw new WeightFileException(weights, String.valueOf(e.getMessage()), e);
    }
  }

  private static int outputs(StoredTensor headWeight) {
    return headWeight.shape().dim(0);
  }

  private Model ofGraft(ModelCard card) throws IOException {
    if (name != null && !name.equals(card.architecture())) {
      throw new WeightFileException(
          weights, "says that it is a " + card.architecture() + ", but --model says " + name);
    }
    ModelFile file = ModelFile.read(weights, ModelZoo::create);
    Preprocessing preprocessing;
    try {
      preprocessing =
          card.preprocessing().isEmpty()
              ? ModelZoo.entry(card.architecture()).preprocessing()
              : Preprocessing.fromJson(card.preprocessing());
    } catch (IllegalArgumentException e) {
      throw new WeightFileException(weights, String.valueOf(e.getMessage()), e);
    }
    return new Model(file.network(), card.architecture(), preprocessing, card.classes(), true);
  }
}

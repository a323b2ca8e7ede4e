package nn.layers.zoo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import nn.layers.Buffer;
import nn.layers.Layer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Names, shapes and order of parameters and buffers are those of torchvision's files.
class ZooNamesTest {
  static List<String> names() {
    return ModelZoo.names().stream().filter(name -> !name.matches("lenet|small-cnn|cifar-.*"))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("names")
  void namesAndShapesAreThoseOfThePublishedFiles(String name) throws IOException {
    Path file =
        Path.of(
            System.getProperty("nn.shared.names", "../../shared/names"),
            "torchvision." + name + ".tsv");
    assumeTrue(Files.exists(file), "no list of names for " + name);
    assertEquals(Files.readAllLines(file), state(ModelZoo.create(name, 1000)));
  }

  /// The lines of such a file: name, shape, type and role, tab between.
  private static List<String> state(Layer network) {
    List<String> lines = new ArrayList<>();
    network.walk((path, layer) -> {
      String prefix = path.isEmpty() ? "" : path + ".";
      layer
          .ownParameters()
          .forEach(
              p -> lines.add(
                  prefix
                      + p.name()
                      + "\t"
                      + Arrays.toString(p.shape().toArray())
                      + "\tfloat32\tparam"));
      layer
          .ownBuffers()
          .forEach(
              b -> lines.add(
                  prefix
                      + b.name()
                      + "\t"
                      + Arrays.toString(b.shape().toArray())
                      + (b.kind() == Buffer.Kind.COUNT ? "\tint64" : "\tfloat32")
                      + "\tbuffer"));
    });
    return lines;
  }
}

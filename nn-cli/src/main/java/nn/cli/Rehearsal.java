package nn.cli;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import nn.layers.state.ModelCard;
import nn.layers.state.ModelFile;
import nn.layers.zoo.ModelZoo;

/// What the launcher runs once after a build: a prediction, so that the JVM can archive the classes that it needs, and later
/// commands find them parsed and verified.
final class Rehearsal {
  private Rehearsal() {}

  public static void main(String[] arguments) throws IOException {
    Path folder = Files.createTempDirectory("graft-rehearsal");
    Path weights = folder.resolve("model.safetensors");
    Path image = folder.resolve("image.png");
    try {
      String network = "cifar-resnet20";
      ModelCard card =
          new ModelCard(
              network, List.of("car", "truck"),
              ModelZoo.entry(network).preprocessing().toJson(), "", Map.of());
      new ModelFile(card, ModelZoo.create(network, 2)).write(weights);
      ImageIO.write(new BufferedImage(32, 32, BufferedImage.TYPE_INT_RGB), "png", image.toFile());
      String[] command = {"predict", "--weights", weights.toString(), image.toString()};
      Main.commandLine(null, command).execute(command);
    } finally {
      Files.deleteIfExists(image);
      Files.deleteIfExists(weights);
      Files.delete(folder);
    }
  }
}

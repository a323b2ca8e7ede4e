package nn.samples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import nn.finetune.weights.Weights;
import nn.layers.state.ModelFile;
import nn.layers.zoo.ModelZoo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The program of the README runs as it stands there.
class FineTuneTest {
  @TempDir Path folder;

  @Test
  void theProgramOfTheReadmeWritesAModelThatSaysWhatItIs() throws IOException {
    Weights.write(ModelZoo.create("cifar-resnet20", 10), folder.resolve("base.safetensors"));
    draw("red", Color.RED);
    draw("green", Color.GREEN);
    Path out = folder.resolve("mine.safetensors");
    FineTune.main(
        new String[] {
            folder.resolve("base.safetensors").toString(),
            folder.resolve("photos").toString(),
            out.toString()
        });
    ModelFile file = ModelFile.read(out, ModelZoo::create);
    assertEquals(List.of("green", "red"), file.card().classes());
  }

  @Test
  void theReadmeShowsTheProgramAsItIs() throws IOException {
    Path root = Path.of("").toAbsolutePath();
    Path readme = Files.exists(root.resolve("README.md"))
        ? root.resolve("README.md")
        : root.resolveSibling("README.md");
    String text = Files.readString(readme);
    String program =
        Files.readString(readme.resolveSibling("samples/src/main/java/nn/samples/FineTune.java"));
    String body =
        program.substring(program.indexOf("    Layer model"), program.lastIndexOf("  }"))
            .stripTrailing().stripIndent();
    assertTrue(text.contains(body), "the README should hold, word for word:\n" + body);
  }

  private void draw(String name, Color colour) throws IOException {
    Path images = Files.createDirectories(folder.resolve("photos").resolve(name));
    for (int i = 0; i < 5; i++) {
      BufferedImage image = new BufferedImage(40, 32, BufferedImage.TYPE_INT_RGB);
      Graphics2D pen = image.createGraphics();
      pen.setColor(colour);
      pen.fillOval(4 + i, 4, 20, 20);
      pen.dispose();
      ImageIO.write(image, "png", images.resolve(i + ".png").toFile());
    }
  }
}

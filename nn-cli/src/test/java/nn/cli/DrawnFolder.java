package nn.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;
import nn.cli.demo.Photograph;
import nn.cli.demo.Thing;

/// Folders of drawn pictures, one for each class.
final class DrawnFolder {
  private DrawnFolder() {}

  /// Draws `each` pictures of every thing into `root/<thing>/<number>.png`.
  static Path of(Path root, int each, Thing... things) {
    SplittableRandom random = new SplittableRandom(7);
    for (Thing thing : List.of(things)) {
      Path folder = root.resolve(thing.name().toLowerCase(Locale.ROOT));
      for (int i = 0; i < each; i++) {
        write(folder.resolve(i + ".png"), thing, random.split());
      }
    }
    return root;
  }

  private static void write(Path file, Thing thing, SplittableRandom random) {
    try {
      Files.createDirectories(file.getParent());
      ImageIO.write(Photograph.of(thing, random), "png", file.toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

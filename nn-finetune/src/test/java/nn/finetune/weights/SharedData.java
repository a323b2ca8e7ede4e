package nn.finetune.weights;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/// Real files, beside the repository. Tests that need one are skipped where it is absent.
final class SharedData {
  private SharedData() {}

  static Path file(String name) {
    Path file = Path.of(System.getProperty("nn.shared.data", "../../shared/data"), name);
    assumeTrue(Files.exists(file), "there is no " + file);
    return file;
  }
}

package nn.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/// Published networks on the images that their accuracy is known for.
@EnabledIf(
    value = "isThere", disabledReason = "-Dnn.shared.data names no folder with cifar10-resnets")
class SharedDataTest {
  private static final Path DATA =
      Path.of(System.getProperty("nn.shared.data", "../../shared/data"));

  static boolean isThere() {
    return Files.isDirectory(DATA.resolve("cifar10-resnets"));
  }

  private static Map<String, Object> evaluate(String model, String weights) {
    Run run = Run.graft(
        "evaluate", "--model", model, "--weights",
        DATA.resolve("cifar10-resnets").resolve(weights), "--data",
        DATA.resolve("cifar10/test1000.bin.gz"), "--json");
    assertEquals(0, run.exit(), run.err());
    return run.json();
  }

  @Test
  void the_resnet20_of_cifar10_has_915_of_1000_right() {
    Map<String, Object> answer = evaluate("cifar-resnet20", "resnet20-12fca82f.th");
    assertEquals(915.0, answer.get("right"));
    assertEquals(1000.0, answer.get("total"));
    assertEquals(0.384205, (double) answer.get("loss"), 0.0002);
  }

  @Test
  void the_resnet32_of_cifar10_has_928_of_1000_right() {
    assertEquals(928.0, evaluate("cifar-resnet32", "resnet32-d509ac18.th").get("right"));
  }
}

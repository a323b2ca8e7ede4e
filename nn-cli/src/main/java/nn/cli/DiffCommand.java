package nn.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import nn.finetune.weights.Weights;
import nn.layers.state.Difference;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// Compares two weight files.
@Command(
    name = "diff",
    description = "Compares two weight files, tensor by tensor: the same bits, or how far it has moved.",
    footer = {
        "",
        "Names that a wrapper has put a prefix before (module.) are compared without it.",
        "Differences are no failure: the exit code is 0.",
        "",
        "Examples:",
        "  graft diff resnet20.th mine.safetensors",
        "  graft diff before.safetensors after.safetensors --json"
    })
final class DiffCommand extends GraftCommand {
  @Parameters(index = "0", paramLabel = "A", description = "The first file.") private Path a;

  @Parameters(index = "1", paramLabel = "B", description = "The second file.") private Path b;

  @Override
  Json run(Talk talk) throws Exception {
    List<Difference> differences =
        Difference.between(Weights.read(a).unwrapped(), Weights.read(b).unwrapped());
    Table table = new Table("tensor", "", "largest move", "mean move", "relative move");
    List<Json> tensors = new ArrayList<>();
    for (Difference difference : differences) {
      boolean moved = difference.kind() == Difference.Kind.MOVED;
      table.row(
          difference.name(),
          words(difference.kind()),
          moved ? number(difference.largest()) : "",
          moved ? number(difference.mean()) : "",
          moved ? Scores.percent(difference.relative()) : "");
      tensors.add(
          new Json()
              .put("name", difference.name())
              .put("kind", difference.kind().name().toLowerCase(Locale.ROOT))
              .put("largest", moved ? difference.largest() : null)
              .put("mean", moved ? difference.mean() : null)
              .put("relative", moved ? difference.relative() : null));
    }
    talk.say(table.toString());
    Json result = new Json().put("a", a.toString()).put("b", b.toString());
    List<String> counts = new ArrayList<>();
    for (Difference.Kind kind : Difference.Kind.values()) {
      long count = differences.stream().filter(d -> d.kind() == kind).count();
      if (count > 0) {
        counts.add(count + " " + words(kind));
      }
      result.put(key(kind), count);
    }
    talk.say("\n" + String.join(", ", counts));
    return result.put("tensors", tensors);
  }

  private static String words(Difference.Kind kind) {
    return switch (kind) {
      case IDENTICAL -> "identical";
      case MOVED -> "moved";
      case RESHAPED -> "other shape";
      case ONLY_IN_A -> "only in A";
      case ONLY_IN_B -> "only in B";
    };
  }

  private static String key(Difference.Kind kind) {
    return switch (kind) {
      case IDENTICAL -> "identical";
      case MOVED -> "moved";
      case RESHAPED -> "reshaped";
      case ONLY_IN_A -> "onlyInA";
      case ONLY_IN_B -> "onlyInB";
    };
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.3g", value);
  }
}

package nn.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import nn.finetune.weights.Weights;
import nn.layers.state.Inspection;
import nn.layers.state.StateDict;
import nn.layers.state.StoredTensor;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// Shows what is in a weight file.
@Command(
    name = "inspect",
    description = "Shows what is in a weight file of any kind that is read: names, shapes, kinds of number,"
        + " ranges, hashes, and what is suspicious.",
    footer = {
        "",
        "Examples:",
        "  graft inspect resnet18.pth",
        "  graft inspect mine.safetensors --json"
    })
final class InspectCommand extends GraftCommand {
  @Parameters(paramLabel = "FILE", description = "The weight file.") private Path file;

  @Override
  Json run(Talk talk) throws Exception {
    StateDict state = Weights.read(file);
    Table table =
        new Table("tensor", "kind", "shape", "min", "max", "mean", "deviation", "sha-256");
    List<Json> tensors = new ArrayList<>();
    List<String> suspicious = new ArrayList<>();
    long numbers = 0;
    try (Progress progress = talk.progress("reading", state.size(), "tensors")) {
      for (StoredTensor tensor : state.tensors()) {
        Inspection seen = Inspection.of(tensor);
        numbers += tensor.elements();
        table.row(
            tensor.name(),
            tensor.dtype(),
            tensor.shape(),
            number(seen.min()),
            number(seen.max()),
            number(seen.mean()),
            number(seen.deviation()),
            seen.sha256().substring(0, 12));
        tensors.add(json(seen));
        if (!seen.suspicions().isEmpty()) {
          suspicious.add(tensor.name() + ": " + String.join(", ", seen.suspicions()));
        }
        progress.advance(1);
      }
    }
    talk.say(table.toString());
    Map<String, String> metadata = new TreeMap<>(state.metadata());
    if (!metadata.isEmpty()) {
      talk.say("\nThe file says about itself:");
      metadata.forEach((key, value) -> talk.say("  " + key + " = " + value));
    }
    talk.say(
        String.format(
            Locale.ROOT,
            "%n%d tensors, %,d numbers, %,d bytes in the file",
            state.size(),
            numbers,
            Files.size(file)));
    talk.say(
        suspicious.isEmpty()
            ? "nothing suspicious"
            : "suspicious:\n  " + String.join("\n  ", suspicious));
    Json words = new Json();
    metadata.forEach(words::put);
    return new Json()
        .put("file", file.toString())
        .put("bytes", Files.size(file))
        .put("numbers", numbers)
        .put("metadata", words)
        .put("suspicious", suspicious)
        .put("tensors", tensors);
  }

  private static Json json(Inspection seen) {
    return new Json()
        .put("name", seen.tensor().name())
        .put("kind", seen.tensor().dtype().name())
        .put("shape", Shapes.list(seen.tensor().shape()))
        .put("min", seen.min())
        .put("max", seen.max())
        .put("mean", seen.mean())
        .put("deviation", seen.deviation())
        .put("notANumber", seen.notANumber())
        .put("infinite", seen.infinite())
        .put("sha256", seen.sha256())
        .put("suspicions", seen.suspicions());
  }

  private static String number(double value) {
    return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%.4g", value);
  }
}

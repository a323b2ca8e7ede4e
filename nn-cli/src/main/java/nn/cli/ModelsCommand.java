package nn.cli;

import java.util.ArrayList;
import java.util.List;
import nn.layers.zoo.ModelZoo;
import picocli.CommandLine.Command;

/// Lists the networks that can be made by name.
@Command(
    name = "models",
    description = "Lists the networks that can be made by name.",
    footer = {"", "Examples:", "  graft models", "  graft models --json"})
final class ModelsCommand extends GraftCommand {
  @Override
  Json run(Talk talk) {
    Table table = new Table("name", "input", "classes of its published weights");
    List<Json> models = new ArrayList<>();
    for (String name : ModelZoo.names()) {
      ModelZoo.Entry entry = ModelZoo.entry(name);
      table.row(name, entry.input(), entry.classes());
      models.add(
          new Json()
              .put("name", name)
              .put("input", Shapes.list(entry.input()))
              .put("classes", entry.classes()));
    }
    talk.say(table.toString());
    return new Json().put("models", models);
  }
}

package nn.cli;

import java.nio.file.Path;
import java.util.List;
import nn.cli.demo.CarsAndTrucks;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "demo", description = "d")
final class DemoCommand extends GraftCommand {
  @Option(names = "--out", defaultValue = "graft-demo") private Path out;

  @Option(names = "--seeds", defaultValue = "3") private int seeds;

  @Override
  Json run(Talk talk) throws Exception {
    java.nio.file.Files.createDirectories(out);
    long t = System.nanoTime();
    CarsAndTrucks e = new CarsAndTrucks(List.of(5, 10, 25, 50), seeds, out, () -> {});
    talk.say(e.steps() + " steps");
    var outcome = e.run();
    talk.say(outcome.findings().toString().replace("Row[", "\nRow["));
    talk.say((System.nanoTime() - t) / 1e9 + " s");
    return new Json();
  }
}

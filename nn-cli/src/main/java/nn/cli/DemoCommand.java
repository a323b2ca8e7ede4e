package nn.cli;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import javax.imageio.ImageIO;
import nn.cli.demo.CarsAndTrucks;
import nn.cli.demo.Findings;
import nn.cli.demo.Gallery;
import nn.cli.demo.Spread;
import nn.layers.state.AtomicFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Shows on pictures that it draws itself what fine-tuning gains.
@Command(
    name = "demo",
    description = "Shows what fine-tuning gains: a network that knows cars learns trucks.",
    footer = {
        "",
        "The same network learns trucks from scratch, from the same few pictures. The program draws",
        "them itself: nothing is downloaded.",
        "The exit code is 1 if the transfer does not help with the fewest examples.",
        "",
        "Examples:",
        "  graft demo",
        "  graft demo --out /tmp/demo --seeds 5 --examples 2,5,10,100",
        "  graft demo --json"
    })
final class DemoCommand extends GraftCommand {
  @Option(
      names = "--out",
      defaultValue = "graft-demo",
      paramLabel = "DIR",
      description = "Where the networks and pictures go. Default: ${DEFAULT-VALUE}.") private Path folder;

  @Option(
      names = "--seeds",
      defaultValue = "3",
      paramLabel = "N",
      description = "How often everything is repeated with other dice. Default: ${DEFAULT-VALUE}.") private int seeds;

  @Option(
      names = "--examples",
      defaultValue = "5,10,25,50",
      split = ",",
      paramLabel = "N",
      description = "From how many pictures of each class to learn. Default: ${DEFAULT-VALUE}.") private List<Integer> examples;

  @Override
  Json run(Talk talk) throws Exception {
    require(seeds >= 2, "--seeds must be 2 or more, since one has no spread, got " + seeds);
    require(
        examples.stream().allMatch(each -> each >= 1 && each <= 5000),
        "--examples must be from 1 to 5000, got " + examples);
    Files.createDirectories(folder);
    AtomicFile.check(folder.resolve("trucks.safetensors"));
    long start = System.nanoTime();
    List<Integer> growing = examples.stream().distinct().sorted().toList();
    CarsAndTrucks experiment = new CarsAndTrucks(growing, seeds, folder);
    talk.note(
        "A network learns to tell cars from other things, but never sees a truck. Then its last"
            + " layer\nis taken off, the others are frozen, and it learns trucks from a few"
            + " pictures.");
    CarsAndTrucks.Outcome outcome;
    try (Progress progress = talk.progress("learning", experiment.steps(), "steps")) {
      outcome = experiment.run(() -> progress.advance(1));
    }
    List<Path> files = new ArrayList<>(outcome.files());
    Gallery gallery = new Gallery(experiment, outcome.findings());
    files.add(write(gallery.predictions(), "predictions.png"));
    files.add(write(gallery.curve(), "curve.png"));
    files.add(gallery.writePictures(folder.resolve("pictures")));
    double seconds = (System.nanoTime() - start) / 1e9;
    Findings findings = outcome.findings();
    talk.say(tell(findings, seconds));
    talk.say("Written to " + folder + ":");
    for (Path file : files) {
      talk.say("  " + folder.relativize(file));
    }
    talk.say(
        "\nTry: graft evaluate --weights " + experiment.trucksFile() + " --data "
            + folder.resolve("pictures"));
    if (!findings.claimHolds()) {
      fallShort(
          "with " + growing.getFirst() + " examples of each class the transfer did not help");
    }
    return json(findings, seconds, files);
  }

  private Path write(BufferedImage picture, String name) throws IOException {
    Path file = folder.resolve(name);
    AtomicFile.write(file, out -> ImageIO.write(picture, "png", out));
    return file;
  }

  // ---- for people

  private static String tell(Findings findings, double seconds) {
    Table table =
        new Table(
            "examples", "knows cars", "", "from scratch", "", "gain", "", "seconds each", "helps?");
    for (Findings.Row row : findings.rows()) {
      table.row(
          row.examples(),
          percent(row.transferred().mean()),
          "± " + points(row.transferred().deviation()),
          percent(row.scratch().mean()),
          "± " + points(row.scratch().deviation()),
          String.format(Locale.ROOT, "%+.1f", 100 * row.gain().mean()),
          "± " + points(row.gain().deviation()),
          String.format(
              Locale.ROOT, "%.2f / %.2f", row.transferredSeconds(), row.scratchSeconds()),
          row.verdict());
    }
    return String.format(
        Locale.ROOT,
        """

            The car networks tell %s of new pictures right (car or not); on trucks, as they are, %s.

            Trucks, learned from n examples of trucks and n of other things: right on new pictures
            %s
            Mean and standard deviation over %d seeds; a gain helps if it is above twice its standard error.
            Trained: %,d of %,d parameters with the frozen convolutions, all of them from scratch.
            Frozen: %d tensors in each transfer, all unchanged by SHA-256.
            %s
            %.1f s in all.
            """,
        percent(findings.carAccuracy().mean()),
        percent(findings.unchangedAccuracy().mean()),
        table,
        findings.carAccuracy().count(),
        findings.transferredParameters(),
        findings.parameters(),
        findings.frozenTensors(),
        verdict(findings),
        seconds);
  }

  private static String verdict(Findings findings) {
    String helps = examples(findings, Findings.Verdict.HELPS);
    String unclear = examples(findings, Findings.Verdict.UNCLEAR);
    String harms = examples(findings, Findings.Verdict.HARMS);
    String unchanged =
        examples(
            findings,
            row -> row.transferred().mean() < findings.unchangedAccuracy().mean());
    return (helps.isEmpty()
        ? "The transfer helps nowhere."
        : "The transfer helps with " + helps + " examples.")
        + (unclear.isEmpty() ? "" : " With " + unclear + " there is no clear difference.")
        + (harms.isEmpty() ? "" : " With " + harms + " learning from scratch is better.")
        + (unchanged.isEmpty()
            ? ""
            : "\nUnchanged, the car networks do better on trucks than after " + unchanged
                + " examples.");
  }

  private static String examples(Findings findings, Findings.Verdict verdict) {
    return examples(findings, row -> row.verdict() == verdict);
  }

  private static String examples(Findings findings, Predicate<Findings.Row> which) {
    return findings.rows().stream()
        .filter(which)
        .map(row -> Integer.toString(row.examples()))
        .collect(Collectors.joining(", "));
  }

  private static String percent(double part) {
    return String.format(Locale.ROOT, "%.1f %%", 100 * part);
  }

  private static String points(double part) {
    return String.format(Locale.ROOT, "%.1f", 100 * part);
  }

  // ---- for programs

  private static Json json(Findings findings, double seconds, List<Path> files) {
    List<Json> rows = new ArrayList<>();
    for (Findings.Row row : findings.rows()) {
      rows.add(
          new Json()
              .put("examples", row.examples())
              .put("transferred", json(row.transferred()))
              .put("scratch", json(row.scratch()))
              .put("gain", json(row.gain()))
              .put("transferredSeconds", row.transferredSeconds())
              .put("scratchSeconds", row.scratchSeconds())
              .put("verdict", row.verdict().name().toLowerCase(Locale.ROOT)));
    }
    return new Json()
        .put("claimHolds", findings.claimHolds())
        .put("seeds", findings.carAccuracy().count())
        .put("cars", json(findings.carAccuracy()))
        .put("carsUnchangedOnTrucks", json(findings.unchangedAccuracy()))
        .put("rows", rows)
        .put("trainableParameters", findings.transferredParameters())
        .put("parameters", findings.parameters())
        .put("frozenTensors", findings.frozenTensors())
        .put("frozenUnchanged", true)
        .put("seconds", seconds)
        .put("files", files.stream().map(Path::toString).toList());
  }

  private static Json json(Spread spread) {
    return new Json().put("mean", spread.mean()).put("deviation", spread.deviation());
  }
}

package nn.cli.demo;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import nn.finetune.Evaluation;
import nn.finetune.Freezing;
import nn.finetune.data.Dataset;
import nn.layers.Layer;
import nn.layers.image.Preprocessing;
import nn.layers.state.ModelCard;
import nn.layers.state.ModelFile;
import nn.layers.zoo.ModelZoo;

/// The experiment: a network that knows cars learns trucks from a few pictures, and the same network that knows nothing
/// learns them from the same pictures.
///
/// Cars are told from everything but trucks, trucks from everything but cars: neither network has ever seen what the
/// other one looks for. Everything is repeated with other dice: other pictures to learn from, other first weights.
public final class CarsAndTrucks {
  static final String ARCHITECTURE = "small-cnn";
  static final Preprocessing PREPROCESSING = ModelZoo.entry(ARCHITECTURE).preprocessing();

  private static final List<Thing> OTHERS =
      Stream.of(Thing.values()).filter(t -> t != Thing.CAR && t != Thing.TRUCK).toList();
  private static final int CARS = 1000; // pictures of each class
  private static final int TESTED = 400; // pictures of each class
  private static final Learner.Plan CAR_PLAN = new Learner.Plan(630, 32, 4e-3);
  private static final Learner.Plan TRUCK_PLAN = new Learner.Plan(200, 10, 4e-3);

  /// What came of it.
  ///
  /// @param findings the numbers
  /// @param files the model files that were written
  public record Outcome(Findings findings, List<Path> files) {
    public Outcome {
      files = List.copyOf(files);
    }
  }

  /// One comparison: one number of examples, one seed.
  private record Trial(
      int examples,
      double transferred,
      double scratch,
      Learner.Lesson transfer,
      Learner.Lesson fromScratch) {}

  private final List<Integer> examples;
  private final int seeds;
  private final Path folder;
  private final Dataset carTest = Pictures.of(Thing.CAR, OTHERS, TESTED, -1);
  private final Dataset truckTest = Pictures.of(Thing.TRUCK, OTHERS, TESTED, -2);
  private final List<Path> files = new ArrayList<>();

  /// @param examples from how many pictures of each class trucks are learned, growing
  /// @param seeds how often everything is repeated
  /// @param folder where the model files go
  public CarsAndTrucks(List<Integer> examples, int seeds, Path folder) {
    this.examples = List.copyOf(examples);
    this.seeds = seeds;
    this.folder = folder;
  }

  /// How many training steps the whole experiment has.
  public long steps() {
    long trucks = examples.stream().mapToLong(each -> TRUCK_PLAN.steps(2 * each)).sum();
    return seeds * (CAR_PLAN.steps(2 * CARS) + 2 * trucks);
  }

  /// The file of the transferred network that had the most examples, of the first seed.
  public Path trucksFile() {
    return folder.resolve("trucks.safetensors");
  }

  /// Pictures of trucks and other things that no network has learned from.
  Dataset test() {
    return truckTest;
  }

  /// Runs it all.
  ///
  /// @param stepDone is run after each training step
  public Outcome run(Runnable stepDone) throws IOException {
    List<Double> cars = new ArrayList<>();
    List<Double> unchanged = new ArrayList<>();
    List<Trial> trials = new ArrayList<>();
    for (int seed = 1; seed <= seeds; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      Layer network = ModelZoo.create(ARCHITECTURE, 2, random.split());
      Dataset carPictures = Pictures.of(Thing.CAR, OTHERS, CARS, random.nextLong());
      Learner.learn(network, carPictures, CAR_PLAN, random.nextLong(), stepDone);
      cars.add(accuracy(network, carTest));
      unchanged.add(accuracy(network, truckTest));
      Path knowsCars = folder.resolve("cars-" + seed + ".safetensors");
      write(network, carPictures.classes(), "", knowsCars);
      Dataset truckPictures =
          Pictures.of(Thing.TRUCK, OTHERS, examples.getLast(), random.nextLong());
      for (int each : examples) {
        boolean keep = seed == 1 && each == examples.getLast();
        trials.add(compare(knowsCars, Pictures.first(truckPictures, each), random, keep, stepDone));
      }
    }
    Trial any = trials.getFirst();
    Findings findings =
        new Findings(
            spread(cars, accuracy -> accuracy),
            spread(unchanged, accuracy -> accuracy),
            examples.stream()
                .map(each -> row(trials.stream().filter(t -> t.examples() == each).toList()))
                .toList(),
            any.transfer().trainable(),
            any.fromScratch().trainable(),
            any.transfer().frozenTensors());
    return new Outcome(findings, files);
  }

  /// Learns trucks both ways from the same pictures.
  ///
  /// @param keep whether the networks are written to files
  private Trial compare(
      Path knowsCars, Dataset pictures, SplittableRandom random, boolean keep, Runnable stepDone)
      throws IOException {
    long order = random.nextLong(); // both see the same pictures at the same time
    Layer transferred = ModelFile.read(knowsCars, ModelZoo::create).network();
    transferred.replaceHead(2, random.split());
    Freezing.head(transferred);
    Learner.Lesson transfer =
        Learner.learn(transferred, pictures, TRUCK_PLAN, order, stepDone);
    Layer scratch = ModelZoo.create(ARCHITECTURE, 2, random.split());
    Learner.Lesson fromScratch = Learner.learn(scratch, pictures, TRUCK_PLAN, order, stepDone);
    if (keep) {
      write(transferred, pictures.classes(), knowsCars.getFileName().toString(), trucksFile());
      write(scratch, pictures.classes(), "", folder.resolve("trucks-from-scratch.safetensors"));
    }
    return new Trial(
        pictures.size() / 2,
        accuracy(transferred, truckTest),
        accuracy(scratch, truckTest),
        transfer,
        fromScratch);
  }

  private static double accuracy(Layer network, Dataset test) {
    return Evaluation.of(network, test.batches(100, PREPROCESSING)).accuracy();
  }

  private void write(Layer network, List<String> classes, String base, Path file)
      throws IOException {
    ModelCard card = new ModelCard(ARCHITECTURE, classes, PREPROCESSING.toJson(), base, Map.of());
    new ModelFile(card, network).write(file);
    files.add(file);
  }

  private static Findings.Row row(List<Trial> trials) {
    return new Findings.Row(
        trials.getFirst().examples(),
        spread(trials, Trial::transferred),
        spread(trials, Trial::scratch),
        spread(trials, trial -> trial.transferred() - trial.scratch()),
        spread(trials, trial -> trial.transfer().seconds()).mean(),
        spread(trials, trial -> trial.fromScratch().seconds()).mean());
  }

  private static <T> Spread spread(List<T> of, ToDoubleFunction<T> measure) {
    return Spread.of(of.stream().mapToDouble(measure).toArray());
  }
}

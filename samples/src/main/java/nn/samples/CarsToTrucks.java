package nn.samples;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import nn.finetune.AdamW;
import nn.finetune.Evaluation;
import nn.finetune.ParameterGroup;
import nn.finetune.Trainer;
import nn.finetune.data.Augmentation;
import nn.finetune.data.Batches;
import nn.finetune.data.CifarRecords;
import nn.finetune.data.Dataset;
import nn.finetune.data.Datasets;
import nn.layers.Layer;
import nn.layers.image.Preprocessing;

/// A network that knows cars learns trucks, on real photographs: those of CIFAR-10.
///
/// A small network learns automobiles against everything but trucks. Then it learns trucks against everything but automobiles,
/// from few examples, in two ways: with its convolutions frozen and a new head, and from scratch. Both get the same examples,
/// the same augmentation, and the same number of steps. Prints a table of the accuracy on test images, over several seeds.
///
/// Arguments: the folder with `train4000.bin.gz` and `test1000.bin.gz`, and the number of seeds.
public final class CarsToTrucks {
  private static final int AUTOMOBILE = CifarRecords.CIFAR10.indexOf("automobile");
  private static final int TRUCK = CifarRecords.CIFAR10.indexOf("truck");
  private static final int[] EXAMPLES = {5, 10, 25, 50};
  private static final int CAR_STEPS = 1200;
  private static final int TRUCK_STEPS = 150;
  private static final int BATCH = 64;

  private CarsToTrucks() {}

  public static void main(String[] args) {
    Path folder =
        Path.of(
            args.length > 0
                ? args[0]
                : System.getProperty("nn.shared.data", "../shared/data") + "/cifar10");
    int seeds = args.length > 1 ? Integer.parseInt(args[1]) : 6;
    Dataset train = Datasets.open(folder.resolve("train4000.bin.gz"), CifarRecords.CIFAR10);
    Dataset test = Datasets.open(folder.resolve("test1000.bin.gz"), CifarRecords.CIFAR10);

    double[][] frozen = new double[EXAMPLES.length][seeds];
    double[][] scratch = new double[EXAMPLES.length][seeds];
    for (int seed = 0; seed < seeds; seed++) {
      Dataset cars = balanced(versus(train, AUTOMOBILE, TRUCK, "automobile"), seed);
      Layer knowsCars = ThreeConvolutions.create(2, new SplittableRandom(seed));
      train(knowsCars, cars, CAR_STEPS, 0.002, seed);
      Dataset carTest = balanced(versus(test, AUTOMOBILE, TRUCK, "automobile"), seed);
      System.out.printf(
          Locale.ROOT, "seed %d: knows cars, %.1f %%%n", seed, percent(knowsCars, carTest));

      Dataset trucks = versus(train, TRUCK, AUTOMOBILE, "truck");
      Dataset truckTest = balanced(versus(test, TRUCK, AUTOMOBILE, "truck"), 1000 + seed);
      for (int i = 0; i < EXAMPLES.length; i++) {
        Dataset few = trucks.perClass(EXAMPLES[i], 100 + seed);

        knowsCars.replaceHead(2, new SplittableRandom(200 + seed));
        knowsCars.freeze().at(knowsCars.headPath()).unfreeze();
        train(knowsCars, few, TRUCK_STEPS, 0.002, seed);
        frozen[i][seed] = percent(knowsCars, truckTest);

        Layer fresh = ThreeConvolutions.create(2, new SplittableRandom(300 + seed));
        train(fresh, few, TRUCK_STEPS, 0.002, seed);
        scratch[i][seed] = percent(fresh, truckTest);
      }
    }
    System.out.println();
    System.out.println("| trucks | convolutions frozen | from scratch | difference |");
    System.out.println("| ---: | ---: | ---: | ---: |");
    for (int i = 0; i < EXAMPLES.length; i++) {
      int row = i;
      double[] gains =
          IntStream.range(0, seeds).mapToDouble(s -> frozen[row][s] - scratch[row][s]).toArray();
      System.out.printf(
          Locale.ROOT,
          "| %d | %s | %s | %s |%n",
          EXAMPLES[i], spread(frozen[i], ""), spread(scratch[i], ""), spread(gains, "+"));
    }
  }

  /// One class against all others but one: 1 is the class, 0 the others.
  private static Dataset versus(Dataset data, int wanted, int leftOut, String name) {
    int[] labels = new int[10];
    labels[wanted] = 1;
    labels[leftOut] = -1;
    return data.relabel(List.of("other", name), labels);
  }

  /// As many of the others as there are of the class.
  private static Dataset balanced(Dataset data, long seed) {
    return data.perClass(data.counts()[1], seed);
  }

  private static void train(Layer model, Dataset data, int steps, double rate, long seed) {
    Batches batches =
        new Batches(data, Preprocessing.cifar())
            .size(Math.min(BATCH, data.size()))
            .shuffled(seed)
            .augmented(Augmentation.none().flip().paddedCrop(4));
    new Trainer(model, new AdamW(ParameterGroup.of(model.parameters(), rate)))
        .withEpochs(Math.max(1, steps / batches.steps()))
        .withSeed(seed)
        .run(batches);
  }

  private static double percent(Layer model, Dataset data) {
    return 100 * Evaluation.of(model, data.batches(100, Preprocessing.cifar())).accuracy();
  }

  /// `79.6 ± 3.1`: the mean, and the standard deviation over the seeds.
  private static String spread(double[] values, String sign) {
    double mean = DoubleStream.of(values).average().orElseThrow();
    double variance =
        DoubleStream.of(values).map(v -> (v - mean) * (v - mean)).sum()
            / Math.max(1, values.length - 1);
    String format = sign.isEmpty() ? "%.1f ± %.1f" : "%+.1f ± %.1f";
    return String.format(Locale.ROOT, format, mean, Math.sqrt(variance));
  }
}

package nn.finetune;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import nn.core.NdArray;
import nn.core.Shape;
import nn.core.kernel.Parallel;
import nn.finetune.data.Augmentation;
import nn.finetune.data.Batches;
import nn.finetune.data.Dataset;
import nn.finetune.data.InMemory;
import nn.layers.Activation;
import nn.layers.BatchNorm2d;
import nn.layers.Conv2d;
import nn.layers.Dropout;
import nn.layers.GlobalAvgPool2d;
import nn.layers.Layer;
import nn.layers.Linear;
import nn.layers.MaxPool2d;
import nn.layers.Sequential;
import nn.layers.image.Pixels;
import nn.layers.image.Preprocessing;
import org.junit.jupiter.api.Test;

/// A network with everything that could make two runs differ: reductions, statistics, dropout.
class SameBitsTest {
  private static final Preprocessing PREPROCESSING = Preprocessing.centred(3, 16, 16);
  private static final Dataset DATA = images();

  private static Dataset images() {
    SplittableRandom random = new SplittableRandom(5);
    List<Pixels> images = new ArrayList<>();
    int[] labels = new int[24];
    for (int i = 0; i < labels.length; i++) {
      byte[] values = new byte[3 * 16 * 16];
      random.nextBytes(values);
      images.add(new Pixels(16, 16, 3, values));
      labels[i] = random.nextInt(3);
    }
    return new InMemory("noise", List.of("a", "b", "c"), images, labels);
  }

  private static Batches training(long seed) {
    return DATA.batches(8, seed, PREPROCESSING)
        .augmented(Augmentation.none().flip().paddedCrop(2));
  }

  private static Batches validation() {
    return DATA.batches(8, PREPROCESSING);
  }

  private static Layer network() {
    SplittableRandom random = new SplittableRandom(7);
    return new Sequential()
        .add("conv1", new Conv2d(3, 16, 3, random))
        .add("bn1", new BatchNorm2d(16))
        .add("relu1", Activation.relu())
        .add("pool", new MaxPool2d(2))
        .add("conv2", new Conv2d(16, 32, 3, random))
        .add("bn2", new BatchNorm2d(32))
        .add("relu2", Activation.relu())
        .add("gap", new GlobalAvgPool2d())
        .add("drop", new Dropout(0.5))
        .add("wide", new Linear(32, 1100, random)) // more numbers than one chunk of an update has
        .add("relu3", Activation.relu())
        .add("fc", new Linear(1100, 3, random));
  }

  private static Optimizer optimizer(Layer model) {
    return new AdamW(ParameterGroup.of(model.parameters(), 1e-2)).withClipNorm(1);
  }

  private static Trainer trainer(Layer model, Optimizer optimizer, long seed) {
    return new Trainer(model, optimizer)
        .withSeed(seed)
        .withEpochs(3)
        .withSchedule(Schedule.cosine().withWarmUp(3));
  }

  /// All numbers of the network after three epochs.
  private static float[] trained(long seed) {
    Layer model = network();
    trainer(model, optimizer(model), seed).run(training(seed), validation());
    return numbers(model);
  }

  private static float[] numbers(Layer model) {
    List<NdArray> arrays = new ArrayList<>();
    model.parameters().forEach(entry -> arrays.add(entry.parameter().value()));
    model.buffers().values().forEach(buffer -> arrays.add(buffer.value()));
    return NdArray.concat(
        0, arrays.stream().map(a -> a.reshape(Shape.of(a.size()))).toArray(NdArray[]::new))
        .array();
  }

  @Test
  void theSameSeedGivesTheSameBits() {
    assertArrayEquals(trained(1), trained(1));
  }

  @Test
  void theNumberOfThreadsDoesNotChangeABit() {
    int before = Parallel.threads();
    try {
      Parallel.threads(1);
      float[] one = trained(1);
      for (int threads : new int[] {2, 3}) {
        Parallel.threads(threads);
        assertArrayEquals(one, trained(1), threads + " threads");
      }
    } finally {
      Parallel.threads(before);
    }
  }

  @Test
  void anotherSeedGivesOtherBits() {
    assertFalse(Arrays.equals(trained(1), trained(2)));
  }

  @Test
  void aRunThatGoesOnGivesTheBitsOfOneThatWasNotInterrupted() {
    Layer first = network();
    Optimizer before = optimizer(first);
    Trainer half = trainer(first, before, 1);
    half.withListener(
        new TrainingListener() {
          @Override
          public void epochDone(EpochResult epoch) {
            if (epoch.epoch() == 2) {
              half.stop();
            }
          }
        })
        .run(training(1));

    Layer second = network();
    for (var entry : first.parameters()) {
      second.parameters().at(entry.path()).value().set(entry.parameter().value());
    }
    first.buffers().forEach((path, b) -> second.buffers().get(path).value().set(b.value()));
    Optimizer after = optimizer(second);
    after.restore(before.state());
    trainer(second, after, 1).withEpochsDone(2).run(training(1));
    assertArrayEquals(trained(1), numbers(second));
  }
}

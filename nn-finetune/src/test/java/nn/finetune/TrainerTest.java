package nn.finetune;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import nn.core.NdArray;
import nn.core.Shape;
import nn.core.Tensor;
import nn.finetune.data.Batch;
import nn.layers.Layer;
import org.junit.jupiter.api.Test;

class TrainerTest {
  private final Toy.Scores below = new Toy.Scores(3, 3, 1);
  private final Toy.Scores head = new Toy.Scores(3, 3, 2);
  private final Layer model = new Toy.Net("below", below, "head", head).withHead("head");
  private final List<Batch> training = Toy.points(8, 16, 3, 1);
  private final List<Batch> validation = Toy.points(3, 16, 3, 2);

  private Trainer trainer(double rate) {
    return new Trainer(model, new Sgd(ParameterGroup.of(model.parameters(), rate)));
  }

  private static String messageOf(Class<? extends Exception> type, Runnable body) {
    return assertThrows(type, body::run).getMessage();
  }

  @Test
  void aNetworkLearns() {
    History history = trainer(1).withEpochs(20).run(TrainingData.of(training), validation);
    Evaluation last = history.epochs().getLast().validation().orElseThrow();
    assertEquals(48, last.total());
    assertTrue(last.accuracy() > 0.9, () -> "accuracy " + last.accuracy());
    assertTrue(history.epochs().getLast().loss() < history.epochs().getFirst().loss() / 2);
    assertEquals(20, history.epochs().size());
    assertEquals(History.End.COMPLETED, history.end());
  }

  @Test
  void whatIsFrozenStaysAsItWasAndTheHistoryProvesIt() {
    Freezing.head(model);
    float[] before = Toy.numbers(below.weight);
    History history = trainer(1).withEpochs(2).run(TrainingData.of(training));
    assertArrayEquals(before, Toy.numbers(below.weight));
    assertEquals(0, below.seen.value().item());
    assertEquals(16, head.seen.value().item());
    assertEquals(
        "2 frozen tensors (40 bytes) are unchanged, by SHA-256", history.proof().toString());
  }

  @Test
  void aFrozenTensorThatIsChangedByHandIsNamed() {
    Freezing.head(model);
    Trainer trainer =
        trainer(1)
            .withEpochs(1)
            .withListener(
                new TrainingListener() {
                  @Override
                  public void stepDone(StepDone step) {
                    below.weight.value().writable()[0] += 1f;
                  }
                });
    FrozenTensorChangedException e =
        assertThrows(
            FrozenTensorChangedException.class, () -> trainer.run(TrainingData.of(training)));
    assertEquals(List.of("below.weight"), e.paths());
  }

  @Test
  void anEarlyStopRestoresTheParametersAndBuffersOfTheBestEpoch() {
    for (Batch batch : validation) {
      batch.labels()[0] = (batch.labels()[0] + 1) % 3; // wrong labels: confidence will cost
    }
    List<float[]> weights = new ArrayList<>();
    List<Float> seen = new ArrayList<>();
    History history =
        trainer(1)
            .withEpochs(200)
            .withEarlyStop(EarlyStop.onLoss(3))
            .withListener(
                new TrainingListener() {
                  @Override
                  public void epochDone(EpochResult epoch) {
                    weights.add(Toy.numbers(below.weight));
                    seen.add(head.seen.value().item());
                  }
                })
            .run(TrainingData.of(training), validation);
    assertEquals(History.End.EARLY_STOP, history.end());
    EpochResult best = history.best().orElseThrow();
    assertEquals(best.epoch() + 3, history.epochs().size());
    assertArrayEquals(weights.get(best.epoch() - 1), Toy.numbers(below.weight));
    assertEquals(seen.get(best.epoch() - 1), head.seen.value().item());
    assertFalse(Arrays.equals(weights.getLast(), Toy.numbers(below.weight)));
    double least =
        history.epochs().stream()
            .mapToDouble(e -> e.validation().orElseThrow().loss())
            .min()
            .orElseThrow();
    assertEquals(least, best.validation().orElseThrow().loss());
    assertEquals(least, Evaluation.of(model, validation).loss());
  }

  @Test
  void gradualUnfreezingNeedsNoNewOptimizerAndIsProvenPerPeriod() {
    List<Integer> trainable = new ArrayList<>();
    History history =
        trainer(1)
            .withEpochs(3)
            .withListener(GradualUnfreezing.of("head", "all"))
            .withListener(
                new TrainingListener() {
                  @Override
                  public void epochDone(EpochResult epoch) {
                    trainable.add(model.parameters().trainable().size());
                  }
                })
            .run(TrainingData.of(training));
    assertEquals(List.of(1, 2, 2), trainable);
    assertEquals(16, below.seen.value().item());
    assertEquals(2, history.proof().tensors());
  }

  @Test
  void listenersHearEverythingAndTheScheduleIsFollowed() {
    List<String> heard = new ArrayList<>();
    trainer(0.5)
        .withEpochs(2)
        .withSchedule(Schedule.linear())
        .withListener(
            new TrainingListener() {
              @Override
              public void started(Start start) {
                heard.add("start " + start.epochs() + "×" + start.steps());
              }

              @Override
              public void epochStarted(EpochStart start) {
                heard.add("epoch " + start.epoch() + "/" + start.epochs());
              }

              @Override
              public void stepDone(StepDone s) {
                heard.add(
                    "step " + s.step() + "/" + s.steps() + " of " + s.images() + " at " + s.rate());
              }

              @Override
              public void epochDone(EpochResult epoch) {
                heard.add("epoch " + epoch.epoch() + " had " + epoch.images());
              }

              @Override
              public void done(History history) {
                heard.add("done " + history.epochs().size());
              }
            })
        .run(TrainingData.of(training.subList(0, 2)));
    assertEquals(
        List.of(
            "start 2×2",
            "epoch 1/2",
            "step 1/2 of 16 at 0.5",
            "step 2/2 of 16 at 0.375",
            "epoch 1 had 32",
            "epoch 2/2",
            "step 1/2 of 16 at 0.25",
            "step 2/2 of 16 at 0.125",
            "epoch 2 had 32",
            "done 2"),
        heard);
  }

  @Test
  void aRunCanBeStoppedBetweenTwoSteps() {
    Trainer trainer = trainer(0.5);
    History history =
        trainer
            .withListener(
                new TrainingListener() {
                  @Override
                  public void stepDone(StepDone step) {
                    if (step.epoch() == 2 && step.step() == 3) {
                      trainer.stop();
                    }
                  }
                })
            .run(TrainingData.of(training));
    assertEquals(History.End.STOPPED, history.end());
    assertEquals(48, history.epochs().getLast().images());
  }

  @Test
  void aLossThatIsNotFiniteIsAnErrorThatNamesThePlaceAndTheRemedy() {
    NonFiniteLossException e =
        assertThrows(
            NonFiniteLossException.class,
            () -> trainer(1e30).withEpochs(5).run(TrainingData.of(training)));
    assertTrue(e.getMessage().startsWith("the loss is NaN in epoch 1, step "), e.getMessage());
    assertTrue(
        e.getMessage()
            .endsWith(
                "training has diverged. Lower the learning rate, clip the gradients"
                    + " (optimizer.withClipNorm(1)), or check that the images are normalized and"
                    + " the labels right"),
        e.getMessage());
    assertEquals(1, e.epoch());
  }

  @Test
  void brokenDataAreNamedAsTheCauseOfALossThatIsNotFinite() {
    training.get(1).images().writable()[4] = Float.NaN;
    assertEquals(
        "the loss is NaN in epoch 1, step 2: the data are broken, sample 17 has the number NaN",
        messageOf(NonFiniteLossException.class, () -> trainer(0.1).run(TrainingData.of(training))));
  }

  @Test
  void brokenWeightsAreNamedAsTheCauseOfALossThatIsNotFinite() {
    head.weight.value().writable()[4] = Float.NaN;
    assertEquals(
        "the loss is NaN in epoch 1, step 1: the weights are broken, head.weight has the number NaN"
            + " from the start; load the weights again",
        messageOf(NonFiniteLossException.class, () -> trainer(0.1).run(TrainingData.of(training))));
  }

  @Test
  void nothingTrainableIsAnErrorThatSaysWhatToDo() {
    model.freeze();
    assertEquals(
        "nothing is trainable: all 2 parameters are frozen. Unfreeze what is to be trained, such as"
            + " the head: Freezing.head(model)",
        messageOf(IllegalStateException.class, () -> trainer(0.1).run(TrainingData.of(training))));
  }

  @Test
  void aLossThatReachesNothingTrainableIsAnErrorThatSaysWhatIs() {
    Trainer trainer =
        trainer(0.1).withLoss((outputs, batch) -> Tensor.constant(NdArray.scalar(1f)));
    assertEquals(
        "the loss depends on nothing trainable: the outputs do not depend on below.weight,"
            + " head.weight",
        messageOf(IllegalStateException.class, () -> trainer.run(TrainingData.of(training))));
  }

  @Test
  void noDataIsAnError() {
    assertEquals(
        "the training data has no batch: is the data set empty, or smaller than one batch?",
        messageOf(
            IllegalArgumentException.class, () -> trainer(1).run(TrainingData.of(List.of()))));
    assertEquals(
        "there is no batch to evaluate on: is the data set empty, or its part for this?",
        messageOf(
            IllegalArgumentException.class,
            () -> trainer(1).run(TrainingData.of(training), List.of())));
  }

  @Test
  void aLabelThatTheNetworkDoesNotKnowIsAnErrorThatSaysWhatToDo() {
    Batch batch = new Batch(NdArray.zeros(Shape.of(2, 3)), new int[] {0, 4}, new int[] {70, 71});
    assertEquals(
        "sample 71 has label 4, but the network tells 3 classes apart, 0 to 2;"
            + " model.replaceHead(5, random) or more, before the optimizer is made",
        messageOf(
            IllegalArgumentException.class, () -> trainer(1).run(TrainingData.of(List.of(batch)))));
  }

  @Test
  void aDataSetOfOtherClassesThanTheNetworkIsAnErrorThatSaysWhatToDo() {
    TrainingData pets =
        new TrainingData() {
          @Override
          public Iterable<Batch> batches(int epoch) {
            return training;
          }

          @Override
          public int steps() {
            return training.size();
          }

          @Override
          public List<String> classes() {
            return List.of("cat", "dog");
          }
        };
    assertEquals(
        "the data have 2 classes (cat, dog), but the network tells 3 apart; model.replaceHead(2,"
            + " random), before the optimizer is made",
        messageOf(IllegalArgumentException.class, () -> trainer(1).run(pets)));
  }

  @Test
  void anEarlyStopWithoutValidationDataIsAnError() {
    assertEquals(
        "an early stop looks at validation data: run(training, validation)",
        messageOf(
            IllegalStateException.class,
            () -> trainer(1).withEarlyStop(EarlyStop.onAccuracy(1))
                .run(TrainingData.of(training))));
  }

  @Test
  void aHistoryIsWrittenAsJson() {
    String json = trainer(1).withEpochs(2).run(TrainingData.of(training), validation).toJson();
    assertTrue(json.contains("\"epoch\": 2, \"loss\": "), json);
    assertTrue(json.contains("\"validationImages\": 48"), json);
    assertTrue(json.contains("\"bestEpoch\": 2"), json);
    assertTrue(json.contains("\"end\": \"completed\""), json);
  }
}

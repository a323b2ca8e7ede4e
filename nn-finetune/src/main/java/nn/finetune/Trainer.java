package nn.finetune;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import nn.core.Workspace;
import nn.finetune.data.Batch;
import nn.finetune.data.Batches;
import nn.layers.Layer;
import org.jspecify.annotations.Nullable;

/// Trains a classifier: epochs of steps, validation after each, an early stop, and the proof that
/// what is frozen stayed as it was.
///
/// ```java
/// History history =
///     new Trainer(model, optimizer)
///         .withEpochs(10)
///         .withSchedule(Schedule.cosine())
///         .withEarlyStop(EarlyStop.onLoss(3))
///         .run(training, validation);
/// ```
///
/// The loop is no secret: it does what a program does that calls `optimizer.step(loss.backward())`
/// for each batch (see [TrainingStep]), and nothing that such a program could not do.
public final class Trainer {
  private final Layer model;
  private final Optimizer optimizer;
  private final List<TrainingListener> listeners = new ArrayList<>();
  private Loss loss = Loss.crossEntropy();
  private Schedule schedule = Schedule.constant();
  private int epochs = 10;
  private int epochsDone;
  private long seed = 1;
  private @Nullable EarlyStop earlyStop;
  private volatile boolean stopped;

  /// @param model what is trained, as far as it is not frozen
  /// @param optimizer made for the parameters of this model
  public Trainer(Layer model, Optimizer optimizer) {
    this.model = model;
    this.optimizer = optimizer;
  }

  /// What is made small; [cross entropy][Loss#crossEntropy()] unless said.
  public Trainer withLoss(Loss loss) {
    this.loss = loss;
    return this;
  }

  /// How the learning rate goes; [constant][Schedule#constant] unless said.
  public Trainer withSchedule(Schedule schedule) {
    this.schedule = schedule;
    return this;
  }

  /// How often to go through the training data; 10 unless said.
  public Trainer withEpochs(int epochs) {
    if (epochs < 1) {
      throw new IllegalArgumentException("train for 1 epoch or more, got " + epochs);
    }
    this.epochs = epochs;
    return this;
  }

  /// Goes on with a run of which so many epochs are done already; 0 unless said. With the network,
  /// its buffers and [the optimizer's state][Optimizer#restore] as they were then, the rest of the
  /// run gives the bits of one that was not interrupted. An early stop knows only the epochs of
  /// this run.
  public Trainer withEpochsDone(int epochsDone) {
    if (epochsDone < 0) {
      throw new IllegalArgumentException("0 epochs or more are done, got " + epochsDone);
    }
    this.epochsDone = epochsDone;
    return this;
  }

  /// Where the randomness of the layers comes from, such as dropout; 1 unless said. The same seed
  /// with the same data gives the same weights, bit for bit, at any number of threads.
  public Trainer withSeed(long seed) {
    this.seed = seed;
    return this;
  }

  /// Ends the run when the validation does not get better any more, and restores the best weights.
  public Trainer withEarlyStop(EarlyStop earlyStop) {
    this.earlyStop = earlyStop;
    return this;
  }

  /// Adds one who hears how the run goes; several are told in the order they were added.
  public Trainer withListener(TrainingListener listener) {
    listeners.add(listener);
    return this;
  }

  /// Ends the run after the step that is under way: from a listener or another thread.
  public void stop() {
    stopped = true;
  }

  /// Trains on a data set without validation: [#run(TrainingData)].
  public History run(Batches training) {
    return run(TrainingData.of(training));
  }

  /// Trains on a data set: [#run(TrainingData, Iterable)].
  ///
  /// @param validation read again after each epoch
  public History run(Batches training, Iterable<Batch> validation) {
    return run(TrainingData.of(training), validation);
  }

  /// Trains without validation.
  ///
  /// @throws IllegalStateException if nothing is trainable, or not all that is trainable is trained
  ///   (see [Optimizer])
  /// @throws IllegalArgumentException if there is no data, or a label is not one of the network's
  ///   classes
  /// @throws NonFiniteLossException if training diverges
  /// @throws FrozenTensorChangedException if something frozen has changed
  public History run(TrainingData training) {
    if (earlyStop != null) {
      throw new IllegalStateException(
          "an early stop looks at validation data: run(training, validation)");
    }
    return train(training, null);
  }

  /// Trains and evaluates on the validation data after each epoch.
  ///
  /// @param validation read again after each epoch
  /// @throws IllegalStateException if nothing is trainable, or not all that is trainable is trained
  ///   (see [Optimizer])
  /// @throws IllegalArgumentException if there is no data, or a label is not one of the network's
  ///   classes
  /// @throws NonFiniteLossException if training diverges
  /// @throws FrozenTensorChangedException if something frozen has changed
  public History run(TrainingData training, Iterable<Batch> validation) {
    return train(training, validation);
  }

  private History train(TrainingData training, @Nullable Iterable<Batch> validation) {
    stopped = false;
    long start = System.nanoTime();
    if (training.steps() < 1) {
      throw new IllegalArgumentException(
          "the training data has no batch: is the data set empty, or smaller than one batch?");
    }
    Workspace workspace = new Workspace();
    FrozenProof proof = FrozenProof.of(model);
    TrainingStep step =
        new TrainingStep(model, optimizer, loss, seed, workspace, training.classes());
    Best best = new Best(model, earlyStop);
    List<EpochResult> results = new ArrayList<>();
    tell(l -> l.started(new TrainingListener.Start(model, epochs, training.steps())));
    for (int epoch = epochsDone + 1; mayGoOn(epoch, best); epoch++) {
      var begin = new TrainingListener.EpochStart(model, epoch, epochs);
      tell(l -> l.epochStarted(begin));
      Tally tally = trainEpoch(training, begin, step, proof);
      double seconds = tally.seconds();
      Optional<Evaluation> evaluation =
          Optional.ofNullable(validation)
              .map(batches -> Evaluation.of(model, batches, loss, workspace));
      EpochResult result = tally.result(epoch, seconds, evaluation, best.isNewBest(evaluation));
      results.add(result);
      tell(l -> l.epochDone(result));
    }
    FrozenReport report = proof.verify();
    best.restore();
    History.End end =
        best.isPatienceOver()
            ? History.End.EARLY_STOP
            : stopped ? History.End.STOPPED
            : History.End.COMPLETED;
    Optional<EpochResult> bestResult =
        results.stream().filter(EpochResult::isBest).reduce((_, later) -> later);
    History history =
        new History(results, bestResult, end, report, (System.nanoTime() - start) / 1e9);
    tell(l -> l.done(history));
    return history;
  }

  private boolean mayGoOn(int epoch, Best best) {
    return epoch <= epochs && !stopped && !best.isPatienceOver();
  }

  private Tally trainEpoch(
      TrainingData training,
      TrainingListener.EpochStart start,
      TrainingStep step,
      FrozenProof proof) {
    Tally tally = new Tally(optimizer.groups().getFirst().rate());
    int steps = training.steps();
    long before = (long) (start.epoch() - 1) * steps;
    for (Batch batch : training.batches(start.epoch())) {
      if (tally.steps() == steps) {
        throw new IllegalArgumentException(
            "the training data has more batches in epoch "
                + start.epoch()
                + " than the "
                + steps
                + " that it said");
      }
      proof.follow();
      double factor = schedule.factor(before + tally.steps(), (long) epochs * steps);
      TrainingStep.Result result =
          step.run(batch, start.epoch(), tally.steps() + 1, before, factor);
      tally.count(batch.size(), result, factor);
      var done = tally.step(batch, result, optimizer.gradientNorm(), start, steps);
      tell(l -> l.stepDone(done));
      if (stopped) {
        break;
      }
    }
    if (tally.steps() == 0) {
      throw new IllegalArgumentException(
          "the training data has no batch in epoch "
              + start.epoch()
              + ", but said that it has "
              + steps);
    }
    return tally;
  }

  private void tell(Consumer<TrainingListener> news) {
    listeners.forEach(news);
  }
}

package nn.cli;

import java.util.Locale;
import nn.finetune.EpochResult;
import nn.finetune.TrainingListener;

/// Shows how a training run goes: one bar for all epochs, and a line for each.
final class Training implements TrainingListener, AutoCloseable {
  private final Talk talk;
  private Progress progress = Progress.NONE;
  private int epochs;

  Training(Talk talk) {
    this.talk = talk;
  }

  @Override
  public void started(Start start) {
    epochs = start.epochs();
    progress = talk.progress("training", (long) epochs * start.steps(), "steps");
  }

  @Override
  public void stepDone(StepDone step) {
    progress.remark(
        String.format(Locale.ROOT, "epoch %d/%d loss %.3f", step.epoch(), epochs, step.loss()));
    progress.advance(1);
  }

  @Override
  public void epochDone(EpochResult epoch) {
    String line =
        String.format(
            Locale.ROOT,
            "epoch %" + Integer.toString(epochs).length()
                + "d/%d  loss %.4f  right %5.1f %%  %4.0f images/s",
            epoch.epoch(),
            epochs,
            epoch.loss(),
            100 * epoch.accuracy(),
            epoch.imagesPerSecond());
    progress.note(
        line
            + epoch
                .validation()
                .map(
                    v -> String.format(
                        Locale.ROOT,
                        "  validation: loss %.4f, right %.1f %%",
                        v.loss(),
                        100 * v.accuracy()))
                .orElse(""));
  }

  @Override
  public void close() {
    progress.close();
  }
}

package nn.cli;

import java.io.PrintStream;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;

/// A bar that is redrawn in place, with the rate and the time left.
final class ProgressOnTerminal implements Progress {
  private final PrintStream terminal;
  private final ProgressBar bar;

  ProgressOnTerminal(PrintStream terminal, String task, long total, String unit) {
    this.terminal = terminal;
    bar =
        new ProgressBarBuilder()
            .setTaskName(task)
            .setInitialMax(total)
            .setUnit(" " + unit, 1)
            .setUpdateIntervalMillis(250)
            .showSpeed()
            .setConsumer(new ConsoleProgressBarConsumer(terminal))
            .build();
  }

  @Override
  public void advance(long units) {
    bar.stepBy(units);
  }

  @Override
  public void remark(String words) {
    bar.setExtraMessage(" " + words);
  }

  @Override
  public void note(String line) {
    terminal.print("\r\u001b[K" + line + "\n"); // over the bar, which is drawn again below
    bar.refresh();
  }

  @Override
  public void close() {
    bar.close();
  }
}

package nn.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;

/// A line now and then, for logs and pipes.
final class ProgressInLines implements Progress {
  private static final Duration INTERVAL = Duration.ofSeconds(10);

  private final PrintWriter log;
  private final String task;
  private final long total;
  private final String unit;
  private final long start = System.nanoTime();
  private long next = start + INTERVAL.toNanos();
  private long done;
  private String remark = "";

  ProgressInLines(PrintWriter log, String task, long total, String unit) {
    this.log = log;
    this.task = task;
    this.total = total;
    this.unit = unit;
  }

  @Override
  public void advance(long units) {
    done += units;
    long now = System.nanoTime();
    if (now >= next && done < total) {
      next = now + INTERVAL.toNanos();
      double seconds = (now - start) / 1e9;
      log.printf(
          Locale.ROOT,
          "%s: %d of %d %s, %.1f %s/s, %.0f s left%s%n",
          task, done, total, unit, done / seconds, unit, (total - done) * seconds / done, remark);
      log.flush();
    }
  }

  @Override
  public void remark(String words) {
    remark = ", " + words;
  }

  @Override
  public void note(String line) {
    log.println(line);
    log.flush();
    next = System.nanoTime() + INTERVAL.toNanos();
  }

  @Override
  public void close() {}
}

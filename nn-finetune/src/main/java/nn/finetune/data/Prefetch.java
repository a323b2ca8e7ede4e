package nn.finetune.data;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/// Hands out the batches of an epoch in order, while other threads prepare the next few. What goes
/// wrong there is thrown here, at the batch that it belongs to.
///
/// Nobody has to close it: whoever stops early leaves a few batches to be finished and forgotten, and
/// threads that end by themselves. [#close] spares that work.
public final class Prefetch implements Iterator<Batch>, AutoCloseable {
  private static final int AHEAD = 2; // batches for each thread, prepared or under way

  private final int steps;
  private final int ahead;
  private final IntFunction<Batch> preparation;
  private final @Nullable ExecutorService workers; // null: the caller prepares
  private final Deque<Future<Batch>> underWay = new ArrayDeque<>();
  private int submitted;
  private int taken;

  Prefetch(int steps, int threads, IntFunction<Batch> preparation) {
    this.steps = steps;
    this.ahead = 1 + threads * AHEAD;
    this.preparation = preparation;
    this.workers = threads == 0 || steps == 0 ? null : workers(Math.min(threads, steps));
  }

  private static ExecutorService workers(int threads) {
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            threads,
            threads,
            1,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            Thread.ofPlatform().daemon().name("nn-data-", 0).factory());
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }

  @Override
  public boolean hasNext() {
    return taken < steps;
  }

  /// The next batch.
  ///
  /// @throws DataException if an image in it cannot be read: the message names the file
  @Override
  public Batch next() {
    if (!hasNext()) {
      throw new NoSuchElementException("the epoch is over");
    }
    if (workers == null) {
      return preparation.apply(taken++);
    }
    while (submitted < steps && underWay.size() < ahead) {
      int step = submitted++;
      underWay.add(workers.submit(() -> preparation.apply(step)));
    }
    if (submitted == steps) {
      workers.shutdown(); // its threads end with the last batch
    }
    taken++;
    try {
      return underWay.remove().get();
    } catch (ExecutionException e) {
      close();
      throw cause(e);
    } catch (InterruptedException e) {
      close();
      Thread.currentThread().interrupt();
      throw new DataException("interrupted while a batch was prepared", e);
    }
  }

  private static RuntimeException cause(ExecutionException e) {
    if (e.getCause() instanceof Error error) {
      throw error;
    }
    return e.getCause() instanceof RuntimeException cause
        ? cause
        : new DataException("a batch could not be prepared", e);
  }

  /// Gives up what is being prepared; there is no next batch any more.
  @Override
  public void close() {
    taken = steps;
    submitted = steps;
    underWay.forEach(batch -> batch.cancel(true));
    underWay.clear();
    if (workers != null) {
      workers.shutdownNow();
    }
  }
}

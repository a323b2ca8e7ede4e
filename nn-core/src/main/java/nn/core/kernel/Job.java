package nn.core.kernel;

import java.lang.reflect.UndeclaredThrowableException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/// One call of [Parallel#chunks]: which chunks are claimed, and how many are done.
final class Job {
  private static final long SPIN_NANOS = 50_000;

  final int chunks;
  private final IntConsumer body;
  private final Thread caller;
  private final AtomicInteger claimed = new AtomicInteger();
  private final AtomicInteger done = new AtomicInteger();
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

  Job(int chunks, IntConsumer body, Thread caller) {
    this.chunks = chunks;
    this.body = body;
    this.caller = caller;
  }

  /// Claims and runs chunks until none is left. Returns whether there was one.
  boolean work() {
    int finished = 0;
    while (claimed.get() < chunks) { // so that late comers do not count up forever
      int chunk = claimed.getAndIncrement();
      if (chunk >= chunks) {
        break;
      }
      if (failure.get() == null) {
        try {
          body.accept(chunk);
        } catch (Throwable e) {
          failure.compareAndSet(null, e);
        }
      }
      finished++;
    }
    if (finished > 0 && done.addAndGet(finished) == chunks && Thread.currentThread() != caller) {
      LockSupport.unpark(caller);
    }
    return finished > 0;
  }

  /// Waits, on the calling thread, for the chunks that others have claimed; throws what a chunk threw.
  @SuppressWarnings("ThreadPriorityCheck") // yields only where it cannot sleep
  void await() {
    if (done.get() < chunks) {
      long start = System.nanoTime();
      while (done.get() < chunks) {
        if (System.nanoTime() - start < SPIN_NANOS) {
          Thread.onSpinWait();
        } else if (Thread.currentThread().isInterrupted()) {
          Thread.yield(); // an interrupted thread cannot park, and the interrupt is the application's
        } else {
          LockSupport.park(this);
        }
      }
    }
    switch (failure.get()) {
      case null -> {}
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      case Throwable e -> throw new UndeclaredThrowableException(e);
    }
  }
}

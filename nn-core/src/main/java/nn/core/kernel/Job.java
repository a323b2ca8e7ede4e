package nn.core.kernel;

import java.lang.reflect.UndeclaredThrowableException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/// One call of [Parallel#chunks]: which chunks are claimed, and how many are done.
///
/// Each thread has a share of neighbouring chunks to begin with, and takes from the others' when it is done. So in the next
/// operation it meets the part of an array that it has just written, in its own cache: a training step of ResNet-18 takes 200 ms in
/// place of 235 where two processors have no cache in common (AMD Zen 5).
///
/// Every second operation runs through its shares from the end: what the one before wrote last is then met first, while it is in the
/// second cache. ReLU of 1.6 million numbers takes 0.055 ms in place of 0.060, layer norm and additions 4 % less (AMD Zen 5, in
/// turns in one process); what computes more for each number takes as long.
final class Job {
  private static final long SPIN_NANOS = 50_000;
  private static final int LINE = 16; // numbers of a line of the cache

  final int chunks;
  private final IntConsumer body;
  private final Thread caller;
  private final int shares;
  private final boolean backwards;
  private final AtomicIntegerArray claimed; // chunks of each share, so far apart that they do not share a line of the cache
  private final AtomicInteger done = new AtomicInteger();
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

  Job(int chunks, IntConsumer body, Thread caller, int shares, boolean backwards) {
    this.chunks = chunks;
    this.shares = shares;
    this.backwards = backwards;
    claimed = new AtomicIntegerArray(shares * LINE);
    this.body = body;
    this.caller = caller;
  }

  /// Claims and runs chunks until none is left, the `first` share's first. Returns whether there was one.
  boolean work(int first) {
    int finished = 0;
    for (int i = 0; i < shares; i++) {
      finished += workOn((first + i) % shares);
    }
    if (finished > 0 && done.addAndGet(finished) == chunks && Thread.currentThread() != caller) {
      LockSupport.unpark(caller);
    }
    return finished > 0;
  }

  private int workOn(int share) {
    int start = start(share);
    int count = start(share + 1) - start;
    int finished = 0;
    while (claimed.get(share * LINE) < count) { // so that late comers do not count up forever
      int chunk = claimed.getAndIncrement(share * LINE);
      if (chunk >= count) {
        break;
      }
      if (failure.get() == null) {
        try {
          body.accept(start + (backwards ? count - 1 - chunk : chunk));
        } catch (Throwable e) {
          failure.compareAndSet(null, e);
        }
      }
      finished++;
    }
    return finished;
  }

  private int start(int share) {
    return (int) ((long) chunks * share / shares);
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

package nn.core.kernel;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;
import java.util.function.Supplier;

/// Runs chunks of work on several threads. How the work is cut depends on its size alone, never on the number of
/// threads: that is why results have the same bits at any number of threads.
///
/// Each chunk is claimed by whoever is free: the workers, and the calling thread as well, so that a call never waits for a
/// worker that has not begun. Between calls the workers look out for about half a millisecond and then sleep: an idle
/// process uses no processor time. Any number of application threads may call at once; they share the workers.
/// A call from within a chunk runs its chunks one after the other on the same thread.
///
/// The number of threads is `-Dnn.threads`, or else as many as processors; [#threads(int)] changes it.
public final class Parallel {
  /// A loop over `from` ≤ i < `to`.
  @FunctionalInterface
  public interface Range {
    void run(int from, int to);
  }

  private static final int MOST_THREADS = 1024;
  private static final int MOST_JOBS = 64; // at once; one more runs on its caller alone
  private static final long LOOK_OUT_NANOS = 500_000;

  private static final AtomicReferenceArray<Job> JOBS = new AtomicReferenceArray<>(MOST_JOBS);
  private static final ThreadLocal<Boolean> INSIDE = ThreadLocal.withInitial(() -> false);

  private static volatile int threads; // 0: not chosen yet
  private static volatile Worker[] workers = {};
  private static volatile int published; // changes whenever a job is put up; lost counts do not matter
  private static volatile boolean sleepers;

  private Parallel() {}

  /// On how many threads work runs, the calling thread included.
  public static int threads() {
    int chosen = threads;
    return chosen > 0 ? chosen : choose();
  }

  /// Runs work on this many threads from now on, the calling thread included, in the whole process.
  ///
  /// @throws IllegalArgumentException unless 1 ≤ `count` ≤ 1024
  public static synchronized void threads(int count) {
    if (count < 1 || count > MOST_THREADS) {
      throw new IllegalArgumentException(
          "threads must be from 1 to " + MOST_THREADS + ", got " + count);
    }
    Worker[] before = workers;
    threads = count;
    if (count - 1 < before.length) {
      workers = Arrays.copyOf(before, count - 1);
      for (int i = count - 1; i < before.length; i++) {
        LockSupport.unpark(before[i]); // sees that it is no longer listed, and ends
      }
    }
  }

  /// Runs `body` for each chunk number below `chunks`, in any order, on any threads, and returns when all are done.
  /// What a chunk throws is thrown here, and chunks that nobody has claimed by then do not run.
  public static void chunks(int chunks, IntConsumer body) {
    chunksByThread(chunks, () -> body);
  }

  /// The same with a body for each thread that takes part, which may keep from one chunk to the next what it has prepared. It is
  /// made when the thread claims its first chunk, and what that throws counts as the chunk's. A thread mostly runs neighbouring
  /// chunks, in order.
  static void chunksByThread(int chunks, Supplier<IntConsumer> bodies) {
    if (chunks <= 1 || threads() == 1 || INSIDE.get()) {
      IntConsumer body = bodies.get();
      for (int chunk = 0; chunk < chunks; chunk++) {
        body.accept(chunk);
      }
      return;
    }
    if (workers.length < threads - 1) {
      hire();
    }
    Job job = new Job(chunks, bodies, Thread.currentThread(), Math.min(chunks, threads()));
    int slot = publish(job);
    INSIDE.set(true);
    try {
      job.work(0);
    } finally {
      INSIDE.set(false);
      if (slot >= 0) {
        JOBS.set(slot, null);
      }
    }
    job.await();
  }

  /// Runs an element-by-element loop over `n` elements in ranges of `grain` elements.
  public static void range(int n, int grain, Range body) {
    if (n <= grain) {
      if (n > 0) {
        body.run(0, n);
      }
      return;
    }
    chunks(
        Math.ceilDiv(n, grain),
        c -> body.run(c * grain, c * grain + Math.min(grain, n - c * grain)));
  }

  private static synchronized int choose() {
    if (threads > 0) {
      return threads;
    }
    String asked = System.getProperty("nn.threads");
    int count =
        asked == null ? Math.min(MOST_THREADS, Runtime.getRuntime().availableProcessors()) : 0;
    if (asked != null) {
      try {
        count = Integer.parseInt(asked.strip());
      } catch (NumberFormatException e) {
        count = 0; // the error below says more
      }
      if (count < 1 || count > MOST_THREADS) {
        throw new IllegalArgumentException(
            "-Dnn.threads must be a whole number from 1 to " + MOST_THREADS
                + " (without it: as many as processors), got \"" + asked + "\"");
      }
    }
    threads = count;
    return count;
  }

  private static synchronized void hire() {
    Worker[] before = workers;
    if (before.length >= threads - 1) {
      return;
    }
    Worker[] after = Arrays.copyOf(before, threads - 1);
    for (int i = before.length; i < after.length; i++) {
      after[i] = new Worker(i);
    }
    workers = after;
    for (int i = before.length; i < after.length; i++) {
      after[i].start();
    }
  }

  /// Puts a job where the workers look; −1 if there is no room.
  @SuppressWarnings("NonAtomicVolatileUpdate") // any change tells the workers, and two at once are one
  private static int publish(Job job) {
    int slot = -1;
    for (int i = 0; i < MOST_JOBS && slot < 0; i++) {
      if (JOBS.get(i) == null && JOBS.compareAndSet(i, null, job)) {
        slot = i;
      }
    }
    published++;
    if (sleepers && slot >= 0) {
      wake(job.chunks - 1);
    }
    return slot;
  }

  private static void wake(int most) {
    boolean others = false;
    int woken = 0;
    for (Worker worker : workers) {
      if (worker.asleep) {
        if (woken < most) {
          worker.asleep = false;
          LockSupport.unpark(worker);
          woken++;
        } else {
          others = true;
        }
      }
    }
    if (!others) {
      sleepers = false;
      for (Worker worker : workers) { // one may have fallen asleep meanwhile
        if (worker.asleep) {
          sleepers = true;
        }
      }
    }
  }

  private static boolean workOnAll(int share) {
    boolean worked = false;
    for (int i = 0; i < MOST_JOBS; i++) {
      Job job = JOBS.get(i);
      if (job != null) {
        worked |= job.work(share);
      }
    }
    return worked;
  }

  private static final class Worker extends Thread {
    volatile boolean asleep;
    private final int share; // of each job, to begin with; the caller's is 0

    Worker(int index) {
      super(null, null, "nn-worker-" + (index + 1), 0, false);
      share = index + 1;
      setDaemon(true);
      setContextClassLoader(null); // keeps no application in memory
    }

    @Override
    public void run() {
      INSIDE.set(true);
      while (isListed()) {
        int seen = published;
        if (!workOnAll(share) && !lookOut(seen)) {
          sleep(seen);
        }
      }
    }

    private boolean isListed() {
      for (Worker worker : workers) {
        if (worker == this) {
          return true;
        }
      }
      return false;
    }

    @SuppressWarnings("ThreadPriorityCheck") // right without the yield as well, only less polite
    private static boolean lookOut(int seen) {
      long start = System.nanoTime();
      do {
        for (int i = 0; i < 100; i++) {
          if (published != seen) {
            return true;
          }
          Thread.onSpinWait();
        }
        Thread.yield(); // nothing if the processor is free, politeness if it is not
      } while (System.nanoTime() - start < LOOK_OUT_NANOS);
      return false;
    }

    private void sleep(int seen) {
      asleep = true;
      sleepers = true;
      while (asleep && published == seen && isListed()) {
        LockSupport.park(Parallel.class);
        Thread.interrupted(); // nobody has business interrupting a worker; an interrupt would keep it awake
      }
      asleep = false;
    }
  }
}

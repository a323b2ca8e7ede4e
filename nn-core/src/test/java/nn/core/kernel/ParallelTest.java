package nn.core.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ParallelTest {
  private final int threadsBefore = Parallel.threads();

  @AfterEach
  void restoreThreads() {
    Parallel.threads(threadsBefore);
  }

  @Test
  void everyChunkRunsExactlyOnceAtAnyNumberOfThreads() {
    for (int threads : new int[] {1, 2, 3, 8}) {
      Parallel.threads(threads);
      for (int chunks : new int[] {0, 1, 2, 3, 7, 100, 10_000}) {
        AtomicIntegerArray runs = new AtomicIntegerArray(chunks + 1);
        Parallel.chunks(chunks, runs::incrementAndGet);
        for (int i = 0; i < chunks; i++) {
          assertEquals(1, runs.get(i), "chunk " + i + " of " + chunks + " at " + threads);
        }
        assertEquals(0, runs.get(chunks));
      }
    }
  }

  @Test
  void eachThreadHasOneBodyAndRunsItsChunksWithIt() {
    for (int threads : new int[] {1, 2, 3}) {
      Parallel.threads(threads);
      Set<Thread> made = ConcurrentHashMap.newKeySet();
      AtomicIntegerArray runs = new AtomicIntegerArray(100);
      Parallel.chunksByThread(
          100,
          () -> {
            Thread maker = Thread.currentThread();
            assertTrue(made.add(maker), "a second body");
            return chunk -> {
              assertSame(maker, Thread.currentThread());
              runs.incrementAndGet(chunk);
            };
          });
      for (int i = 0; i < 100; i++) {
        assertEquals(1, runs.get(i), "chunk " + i + " at " + threads);
      }
    }
  }

  @Test
  void aBodyThatCannotBeMadeEndsTheCallWithItsException() {
    for (int threads : new int[] {1, 2, 3}) {
      Parallel.threads(threads);
      IllegalStateException failure = new IllegalStateException("no room");
      AtomicInteger bodies = new AtomicInteger();
      assertSame(
          failure,
          assertThrows(
              IllegalStateException.class,
              () -> Parallel.chunksByThread(
                  100,
                  () -> {
                    bodies.incrementAndGet();
                    throw failure;
                  })));
      assertTrue(bodies.get() >= 1 && bodies.get() <= threads);
      AtomicInteger after = new AtomicInteger();
      Parallel.chunks(100, chunk -> after.incrementAndGet());
      assertEquals(100, after.get());
    }
  }

  @Test
  void rangesCoverEveryElementOnceAndAreCutTheSameWayAtAnyNumberOfThreads() {
    for (int n : new int[] {0, 1, 9, 10, 11, 20, 12_345}) {
      List<Set<String>> cuts = new ArrayList<>();
      for (int threads : new int[] {1, 2, 3}) {
        Parallel.threads(threads);
        AtomicIntegerArray seen = new AtomicIntegerArray(Math.max(1, n));
        Set<String> cut = ConcurrentHashMap.newKeySet();
        Parallel.range(
            n,
            10,
            (from, to) -> {
              cut.add(from + "–" + to);
              for (int i = from; i < to; i++) {
                seen.incrementAndGet(i);
              }
            });
        for (int i = 0; i < n; i++) {
          assertEquals(1, seen.get(i));
        }
        cuts.add(cut);
      }
      assertEquals(cuts.get(0), cuts.get(1));
      assertEquals(cuts.get(0), cuts.get(2));
    }
  }

  @Test
  void aRangeNearTheLargestIntDoesNotOverflow() {
    Parallel.threads(2);
    AtomicInteger last = new AtomicInteger();
    Parallel.range(
        Integer.MAX_VALUE - 1, 1 << 30, (from, to) -> last.accumulateAndGet(to, Math::max));
    assertEquals(Integer.MAX_VALUE - 1, last.get());
  }

  @Test
  void anotherThreadHelps() throws InterruptedException {
    Parallel.threads(2);
    CountDownLatch both = new CountDownLatch(2);
    Parallel.chunks(
        2,
        _ -> {
          both.countDown();
          try {
            assertTrue(both.await(30, TimeUnit.SECONDS)); // passes only if two threads are inside
          } catch (InterruptedException e) {
            throw new AssertionError(e);
          }
        });
    assertEquals(0, both.getCount());
  }

  @Test
  void manyApplicationThreadsMayCallAtOnce() throws InterruptedException, ExecutionException {
    Parallel.threads(3);
    try (var executor = Executors.newFixedThreadPool(100)) {
      List<Future<Integer>> futures = new ArrayList<>();
      for (int caller = 0; caller < 100; caller++) {
        futures.add(
            executor.submit(
                () -> {
                  int total = 0;
                  for (int round = 0; round < 50; round++) {
                    AtomicInteger sum = new AtomicInteger();
                    Parallel.chunks(20, sum::addAndGet);
                    total += sum.get();
                  }
                  return total;
                }));
      }
      for (Future<Integer> future : futures) {
        assertEquals(50 * 190, future.get());
      }
    }
  }

  @Test
  void aCallFromWithinAChunkRunsOnTheSameThread() {
    Parallel.threads(3);
    AtomicInteger inner = new AtomicInteger();
    Parallel.chunks(
        8,
        _ -> {
          Thread outer = Thread.currentThread();
          Parallel.chunks(
              8,
              _ -> {
                assertSame(outer, Thread.currentThread());
                inner.incrementAndGet();
              });
        });
    assertEquals(64, inner.get());
  }

  @Test
  void whatAChunkThrowsArrivesAtTheCallerAndLaterCallsWork() {
    for (int threads : new int[] {1, 2, 3}) {
      Parallel.threads(threads);
      for (int failing = 0; failing < 10; failing++) {
        int chunk = failing;
        IllegalStateException thrown = new IllegalStateException("chunk " + chunk);
        assertSame(
            thrown,
            assertThrows(
                IllegalStateException.class,
                () -> Parallel.chunks(
                    10,
                    c -> {
                      if (c == chunk) {
                        throw thrown;
                      }
                    })));
        assertThrows(
            StackOverflowError.class,
            () -> Parallel.chunks(
                10,
                _ -> {
                  throw new StackOverflowError();
                }));
        AtomicInteger sum = new AtomicInteger();
        Parallel.chunks(10, sum::addAndGet);
        assertEquals(45, sum.get());
      }
    }
  }

  @Test
  void theNumberOfThreadsMayChangeWhileOthersCall()
      throws InterruptedException, ExecutionException {
    try (var executor = Executors.newFixedThreadPool(4)) {
      List<Future<?>> futures = new ArrayList<>();
      for (int caller = 0; caller < 4; caller++) {
        futures.add(
            executor.submit(
                () -> {
                  for (int round = 0; round < 2000; round++) {
                    AtomicInteger sum = new AtomicInteger();
                    Parallel.chunks(20, sum::addAndGet);
                    assertEquals(190, sum.get());
                  }
                }));
      }
      for (int round = 0; round < 200; round++) {
        Parallel.threads(1 + round % 5);
        Thread.sleep(1);
      }
      for (Future<?> future : futures) {
        future.get();
      }
    }
  }

  @Test
  void anInterruptedCallerStillGetsItsResultAndStaysInterrupted() {
    Parallel.threads(3);
    Thread.currentThread().interrupt();
    try {
      AtomicInteger sum = new AtomicInteger();
      Parallel.chunks(1000, sum::addAndGet);
      assertEquals(499_500, sum.get());
    } finally {
      assertTrue(Thread.interrupted());
    }
  }

  @Test
  void idleWorkersSleep() throws InterruptedException {
    Parallel.threads(3);
    Parallel.chunks(10, _ -> {});
    long deadline = System.nanoTime() + 20_000_000_000L;
    while (!workersAreWaiting() && System.nanoTime() < deadline) {
      Thread.sleep(10);
    }
    assertTrue(workersAreWaiting());
  }

  private static boolean workersAreWaiting() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("nn-worker-"))
        .allMatch(thread -> thread.isDaemon() && thread.getState() == Thread.State.WAITING);
  }

  @Test
  void aSenselessNumberOfThreadsIsRefused() {
    assertEquals(
        "threads must be from 1 to 1024, got 0",
        assertThrows(IllegalArgumentException.class, () -> Parallel.threads(0)).getMessage());
    assertThrows(IllegalArgumentException.class, () -> Parallel.threads(1025));
  }
}

package nn.finetune.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import nn.core.Shape;
import nn.layers.image.Pixels;
import nn.layers.image.Preprocessing;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class BatchesTest {
  private static final Preprocessing SMALL = Preprocessing.centred(3, 8, 8);

  private final Dataset data = Drawn.samples(8, 9, 7, 6); // 22

  /// A data set that does something before it hands out an image.
  private record Watched(Dataset data, IntConsumer before) implements Dataset {
    @Override
    public int size() {
      return data.size();
    }

    @Override
    public List<String> classes() {
      return data.classes();
    }

    @Override
    public int label(int index) {
      return data.label(index);
    }

    @Override
    public Pixels image(int index) {
      before.accept(index);
      return data.image(index);
    }

    @Override
    public String name(int index) {
      return data.name(index);
    }
  }

  private static List<Integer> order(Iterable<Batch> batches) {
    List<Integer> order = new ArrayList<>();
    batches.forEach(batch -> Arrays.stream(batch.indices()).forEach(order::add));
    return order;
  }

  /// The batches of an epoch as text, down to the bits.
  private static String bits(Iterable<Batch> batches) {
    StringBuilder text = new StringBuilder();
    for (Batch batch : batches) {
      text.append(Arrays.toString(batch.labels()))
          .append(Arrays.toString(batch.indices()))
          .append(Arrays.hashCode(batch.images().array()))
          .append('\n');
    }
    return text.toString();
  }

  @Test
  void withoutShufflingSamplesComeInOrder() {
    Batches batches = data.batches(5, SMALL);
    assertEquals(IntStream.range(0, 22).boxed().toList(), order(batches));
    List<Integer> sizes = new ArrayList<>();
    batches.forEach(batch -> sizes.add(batch.size()));
    assertEquals(List.of(5, 5, 5, 5, 2), sizes);
    assertEquals(5, batches.steps());
  }

  @Test
  void aBatchHasTheImagesOfItsSamples() {
    for (Batch batch : data.batches(5, 3, SMALL)) {
      assertEquals(Shape.of(batch.size(), 3, 8, 8), batch.images().shape());
      for (int i = 0; i < batch.size(); i++) {
        int index = batch.indices()[i];
        assertEquals(data.label(index), batch.labels()[i]);
        assertArrayEquals(
            SMALL.apply(data.image(index)).array(), batch.images().narrow(0, i, 1).array());
      }
    }
  }

  @Test
  void everyEpochHasEverySampleInAnotherOrder() {
    Batches batches = data.batches(5, 3, SMALL);
    Set<List<Integer>> orders = new HashSet<>();
    for (int epoch = 1; epoch <= 20; epoch++) {
      List<Integer> order = order(batches.epoch(epoch));
      assertEquals(22, new HashSet<>(order).size());
      orders.add(order);
    }
    assertEquals(20, orders.size());
    assertEquals(order(batches.epoch(4)), order(data.batches(5, 3, SMALL).epoch(4)));
    assertEquals(order(batches), order(batches.epoch(1)));
    assertNotEquals(order(batches), order(data.batches(5, 4, SMALL)));
  }

  @Test
  void theLastBatchMayBeLeftOutIfItIsNotFull() {
    Batches batches = data.batches(5, SMALL).fullOnly();
    assertEquals(4, batches.steps());
    assertEquals(IntStream.range(0, 20).boxed().toList(), order(batches));
    assertEquals(0, data.batches(23, SMALL).fullOnly().steps());
    assertFalse(data.batches(23, SMALL).fullOnly().iterator().hasNext());
    assertEquals(2, data.batches(11, SMALL).fullOnly().steps());
  }

  @Test
  void anyNumberOfThreadsPreparesTheSameBatches() {
    Augmentation changes =
        Augmentation.none().flip().paddedCrop(2).jitter(0.3).resizedCrop(0.4);
    Set<String> all = new HashSet<>();
    for (int threads : new int[] {0, 1, 2, 3, 8}) {
      Batches batches = data.batches(4, 5, SMALL).augmented(changes).threads(threads);
      all.add(bits(batches.epoch(1)) + bits(batches.epoch(2)) + bits(batches.epoch(3)));
    }
    assertEquals(1, all.size());
  }

  @Test
  void whatHappensToASampleDependsOnTheEpochAndTheSampleAlone() {
    Augmentation changes = Augmentation.none().flip().paddedCrop(2);
    float[][] first = new float[22][];
    for (Batch batch : data.batches(5, 3, SMALL).augmented(changes).epoch(2)) {
      for (int i = 0; i < batch.size(); i++) {
        first[batch.indices()[i]] = batch.images().narrow(0, i, 1).array();
      }
    }
    for (Batch batch : data.batches(22, 3, SMALL).augmented(changes).epoch(2)) {
      for (int i = 0; i < 22; i++) {
        assertArrayEquals(first[batch.indices()[i]], batch.images().narrow(0, i, 1).array());
      }
    }
  }

  /// One sample many times: sums of seeds and epochs would meet, and what is drawn would repeat.
  @Test
  void chanceIsIndependentFromEpochToEpoch() {
    byte[] values = new byte[300];
    for (int i = 0; i < 100; i++) {
      values[3 * i] = (byte) (1 + i);
    }
    Dataset one =
        new InMemory("one", List.of("a"), List.of(new Pixels(10, 10, 3, values)), new int[1]);
    Batches batches =
        one.batches(1, 1, Preprocessing.raw(3, 10, 10))
            .augmented(Augmentation.none().paddedCrop(4));
    int[] lefts = new int[300];
    int[] tops = new int[300];
    for (int epoch = 0; epoch < 300; epoch++) {
      int middle = (int) batches.prefetch(epoch).next().images().at(0, 0, 5, 5) - 1;
      lefts[epoch] = middle % 10 - 5;
      tops[epoch] = middle / 10 - 5;
    }
    int same = 0;
    for (int epoch = 1; epoch < 300; epoch++) {
      same += lefts[epoch] == tops[epoch - 1] ? 1 : 0;
    }
    assertEquals(299 / 9.0, same, 20);
    assertEquals(9, Arrays.stream(lefts).distinct().count());
  }

  @Test
  void anImageIsDecodedOnceAndKeptAtTheNetworksSize() {
    AtomicInteger decoded = new AtomicInteger();
    Dataset watched = new Watched(Drawn.samples(12, 9, 7, 6), _ -> decoded.incrementAndGet());
    Batches batches = watched.batches(5, 3, SMALL).augmented(Augmentation.none().flip());
    String first = bits(batches.epoch(2));
    bits(batches.epoch(1));
    assertEquals(22, decoded.get());
    assertEquals(first, bits(batches.epoch(2)));
  }

  @Test
  void batchesArePreparedWhileOneIsUsedButNotWithoutLimit() throws InterruptedException {
    AtomicInteger asked = new AtomicInteger();
    CountDownLatch several = new CountDownLatch(4);
    Dataset watched =
        new Watched(
            Drawn.samples(8, 1000),
            _ -> {
              asked.incrementAndGet();
              several.countDown();
            });
    try (Prefetch batches = watched.batches(1, SMALL).threads(2).prefetch(1)) {
      batches.next();
      several.await(); // more than the one that was asked for
      Thread.sleep(50);
      assertTrue(asked.get() <= 5, () -> asked + " of 1000 images were read");
    }
  }

  @Test
  void anErrorComesOutAtItsBatchAndNamesTheImage() {
    Dataset broken =
        new Watched(
            data,
            index -> {
              if (index == 12) {
                throw new IllegalStateException("it is broken");
              }
            });
    for (int threads : new int[] {0, 2}) {
      Prefetch batches = broken.batches(5, SMALL).threads(threads).prefetch(1);
      batches.next();
      batches.next();
      assertEquals(
          "noise#12: cannot be prepared (java.lang.IllegalStateException: it is broken)",
          assertThrows(DataException.class, batches::next).getMessage());
    }
    DataException known = new DataException("photo.jpg: is truncated");
    Dataset truncated = new Watched(data, _ -> {
      throw known;
    });
    assertSame(
        known,
        assertThrows(DataException.class, () -> truncated.batches(5, 1, SMALL).iterator().next()));
  }

  private static long threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("nn-data-"))
        .count();
  }

  private static void awaitNoThreads() throws InterruptedException {
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (threads() > 0 && System.nanoTime() < end) {
      Thread.sleep(20);
    }
    assertEquals(0, threads());
  }

  @Test
  void closingEndsTheThreads() throws InterruptedException {
    CountDownLatch never = new CountDownLatch(1);
    Dataset stuck =
        new Watched(
            data,
            index -> {
              if (index > 4) {
                try {
                  never.await();
                } catch (InterruptedException e) {
                  throw new IllegalStateException(e);
                }
              }
            });
    Prefetch batches = stuck.batches(5, SMALL).threads(2).prefetch(1);
    batches.next();
    assertTrue(threads() > 0);
    batches.close();
    assertFalse(batches.hasNext());
    assertThrows(NoSuchElementException.class, batches::next);
    batches.close();
    awaitNoThreads();
  }

  @Test
  void whoStopsEarlyWithoutClosingLeavesNoThreadsEither() throws InterruptedException {
    for (Batch batch : data.batches(2, 1, SMALL).threads(2)) {
      assertEquals(2, batch.size());
      break;
    }
    awaitNoThreads();
  }

  @Test
  void afterTheLastBatchTheThreadsEnd() throws InterruptedException {
    assertEquals(22, order(data.batches(2, 1, SMALL).threads(3)).size());
    awaitNoThreads();
  }

  @Test
  void aThreadThatWaitsCanBeInterrupted() throws InterruptedException {
    CountDownLatch never = new CountDownLatch(1);
    Dataset stuck =
        new Watched(
            data,
            _ -> {
              try {
                never.await();
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
    Prefetch batches = stuck.batches(5, SMALL).threads(1).prefetch(1);
    Thread.currentThread().interrupt();
    assertEquals(
        "interrupted while a batch was prepared",
        assertThrows(DataException.class, batches::next).getMessage());
    assertTrue(Thread.interrupted());
    awaitNoThreads();
  }

  @Test
  void anEmptyDataSetHasNoBatches() {
    assertFalse(data.subset().batches(3, SMALL).iterator().hasNext());
    assertEquals(
        "there is no image that could show how images are prepared",
        Drawn.messageOf(() -> Drawn.samples(1, 0).batches(3, 1)));
  }

  @Test
  void imagesOfASizeOfTheirOwnAreCentred() {
    assertEquals(Preprocessing.centred(3, 8, 8), data.preprocessing());
    assertEquals(Preprocessing.centred(3, 8, 8), data.select("class1").preprocessing());
  }
}

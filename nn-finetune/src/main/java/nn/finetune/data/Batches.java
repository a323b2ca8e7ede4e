package nn.finetune.data;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import nn.core.NdArray;
import nn.core.Shape;
import nn.layers.image.Pixels;
import nn.layers.image.Preprocessing;

/// A data set cut into batches as a network takes them. The next few are prepared on other threads while the current one is
/// used; what is in them depends on the seed and the epoch alone.
///
/// Without [#shuffled] the samples come in order, for evaluation. Iterating goes through one epoch: [#epoch] says which, 1 unless
/// said.
public final class Batches implements Iterable<Batch> {
  private static final int AHEAD = 4; // batches prepared or under way
  private static final int THREADS = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;
  private static final ExecutorService PREPARING = preparing();

  private final Dataset data;
  private final Preprocessing preprocessing;
  private int size = 32;
  private boolean shuffles;
  private long seed;
  private Augmentation augmentation = Augmentation.none();

  public Batches(Dataset data, Preprocessing preprocessing) {
    this.data = data;
    this.preprocessing = preprocessing;
  }

  /// How many samples a batch has (the last one may have fewer); 32 unless said.
  public Batches size(int samples) {
    if (samples < 1) {
      throw new IllegalArgumentException("a batch has 1 sample or more, got " + samples);
    }
    size = samples;
    return this;
  }

  /// In another order in every epoch, the same for the same seed.
  public Batches shuffled(long seed) {
    this.shuffles = true;
    this.seed = seed;
    return this;
  }

  /// With random changes to the images, for training.
  public Batches augmented(Augmentation augmentation) {
    this.augmentation = augmentation;
    return this;
  }

  /// What is cut into batches.
  public Dataset data() {
    return data;
  }

  /// How many batches an epoch has.
  public int steps() {
    return (data.size() + size - 1) / size;
  }

  /// The batches of the first epoch.
  @Override
  public Iterator<Batch> iterator() {
    return epoch(1).iterator();
  }

  /// The batches of an epoch.
  ///
  /// @param epoch the first is 1
  public Iterable<Batch> epoch(int epoch) {
    return () -> new Ahead(
        shuffles
            ? Shuffle.order(data.size(), seed * GOLDEN + epoch)
            : IntStream.range(0, data.size()).toArray(),
        epoch);
  }

  private Batch prepare(int[] order, int from, int epoch) {
    int count = Math.min(size, order.length - from);
    Shape input = preprocessing.inputShape();
    NdArray images = NdArray.zeros(Shape.of(count, input.dim(0), input.dim(1), input.dim(2)));
    float[] numbers = images.writable();
    int[] labels = new int[count];
    int[] indices = new int[count];
    for (int i = 0; i < count; i++) {
      int index = order[from + i];
      SplittableRandom random = new SplittableRandom((seed * GOLDEN + epoch) * GOLDEN + index);
      Pixels image = augmentation.apply(preprocessing.fit(data.image(index)), random);
      preprocessing.normalize(image, numbers, i * input.size());
      labels[i] = data.label(index);
      indices[i] = index;
    }
    return new Batch(images, labels, indices);
  }

  /// Hands out batches in order and keeps a few more under way. Whoever stops early leaves nothing behind: what is under way
  /// finishes and is forgotten.
  private final class Ahead implements Iterator<Batch> {
    private final int[] order;
    private final int epoch;
    private final Deque<Future<Batch>> underWay = new ArrayDeque<>();
    private int next;

    Ahead(int[] order, int epoch) {
      this.order = order;
      this.epoch = epoch;
    }

    @Override
    public boolean hasNext() {
      return next < order.length || !underWay.isEmpty();
    }

    @Override
    public Batch next() {
      while (underWay.size() < AHEAD && next < order.length) {
        int from = next;
        underWay.add(PREPARING.submit(() -> prepare(order, from, epoch)));
        next += size;
      }
      Future<Batch> first = underWay.poll();
      if (first == null) {
        throw new NoSuchElementException("the epoch is over");
      }
      try {
        return first.get();
      } catch (ExecutionException e) {
        next = order.length;
        underWay.clear();
        if (e.getCause() instanceof RuntimeException cause) {
          throw cause; // a DataException that names the file, as a rule
        }
        throw new DataException("a batch could not be prepared: " + e.getCause(), e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new DataException("interrupted while a batch was prepared", e);
      }
    }
  }

  private static ExecutorService preparing() {
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            1,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            Thread.ofPlatform().daemon().name("nn-data-", 0).factory());
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }
}

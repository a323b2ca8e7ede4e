package nn.finetune.data;

import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import nn.core.NdArray;
import nn.core.Shape;
import nn.layers.image.Pixels;
import nn.layers.image.Preprocessing;

/// A data set cut into batches as a network takes them. The next few are prepared on other threads
/// while the current one is used; what is in them depends on the seed and the epoch alone.
///
/// Without [#shuffled] the samples come in order, for evaluation. Iterating goes through one epoch:
/// [#epoch] says which, 1 unless said.
///
/// Images that had to be decoded or resized are kept at the network's size for the next epoch, as
/// long as all of them fit into a quarter of Java's memory.
public final class Batches implements Iterable<Batch> {
  private static final long ORDER = 1; // what chance is for
  private static final long SAMPLE = 2;

  private final Dataset data;
  private final Preprocessing preprocessing;
  private final AtomicReferenceArray<Pixels> fitted; // empty if they would take too much
  private int size = 32;
  private boolean shuffles;
  private boolean fullOnly;
  private long seed;
  private int threads = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
  private Augmentation augmentation = Augmentation.none();

  public Batches(Dataset data, Preprocessing preprocessing) {
    this.data = data;
    this.preprocessing = preprocessing;
    long bytes = (long) data.size() * preprocessing.inputShape().size();
    boolean keeps = bytes <= Runtime.getRuntime().maxMemory() / 4;
    this.fitted = new AtomicReferenceArray<>(keeps ? data.size() : 0);
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

  /// Without the last batch, if that has fewer samples than the others: batch norm learns little from
  /// a few samples, and nothing from one.
  public Batches fullOnly() {
    this.fullOnly = true;
    return this;
  }

  /// How many threads prepare batches; 0 prepares them on the caller's, when it asks. Half of the
  /// processors unless said. The batches are the same with any number.
  public Batches threads(int threads) {
    if (threads < 0) {
      throw new IllegalArgumentException("there are 0 threads or more, got " + threads);
    }
    this.threads = threads;
    return this;
  }

  /// What is cut into batches.
  public Dataset data() {
    return data;
  }

  /// How many batches an epoch has.
  public int steps() {
    return fullOnly ? data.size() / size : Math.ceilDiv(data.size(), size);
  }

  /// The batches of the first epoch.
  @Override
  public Prefetch iterator() {
    return prefetch(1);
  }

  /// The batches of an epoch.
  ///
  /// @param epoch the first is 1
  public Iterable<Batch> epoch(int epoch) {
    return () -> prefetch(epoch);
  }

  /// The batches of an epoch, for who wants to close what prepares them.
  ///
  /// @param epoch the first is 1
  public Prefetch prefetch(int epoch) {
    int[] order =
        shuffles
            ? Draws.order(data.size(), Draws.of(seed, ORDER, epoch))
            : IntStream.range(0, data.size()).toArray();
    int samples = size; // as set now, whatever is set later
    Augmentation changes = augmentation;
    return new Prefetch(
        steps(), threads, step -> prepare(order, step * samples, samples, epoch, changes));
  }

  private Batch prepare(int[] order, int from, int samples, int epoch, Augmentation changes) {
    int count = Math.min(samples, order.length - from);
    Shape input = preprocessing.inputShape();
    NdArray images = NdArray.zeros(Shape.of(count, input.dim(0), input.dim(1), input.dim(2)));
    float[] numbers = images.writable();
    int[] labels = new int[count];
    int[] indices = new int[count];
    for (int i = 0; i < count; i++) {
      int index = order[from + i];
      Pixels image = image(index, changes, Draws.of(seed, SAMPLE, epoch, index));
      preprocessing.normalize(image, numbers, i * input.size());
      labels[i] = data.label(index);
      indices[i] = index;
    }
    return new Batch(images, labels, indices);
  }

  private Pixels image(int index, Augmentation changes, RandomGenerator random) {
    try {
      return changes.change(fit(index, changes, random), random);
    } catch (DataException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new DataException(data.name(index) + ": cannot be prepared (" + e + ")", e);
    }
  }

  private Pixels fit(int index, Augmentation changes, RandomGenerator random) {
    if (changes.cutsBeforeFitting() || fitted.length() == 0) {
      return changes.fit(data.image(index), preprocessing, random);
    }
    Pixels kept = fitted.get(index);
    if (kept != null) {
      return kept;
    }
    Pixels image = data.image(index);
    Pixels made = preprocessing.fit(image);
    if (made != image) {
      fitted.set(index, made);
    }
    return made;
  }
}

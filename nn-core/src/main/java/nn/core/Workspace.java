package nn.core;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Owns the arrays made during one pass and lends their memory to the next pass, so that a steady training step
/// allocates next to nothing.
///
/// An array computed from one that lives in a workspace lives there too ([NdArray#fresh]), so it is enough to bring
/// the input in by [#adopt]. [#recycle] takes everything back at once. Before that goes back what nobody needs any more: of a
/// backward pass as it goes ([Gradients]), of a chain of layers that records nothing ([#keepOnly]). Using an array afterwards is an error, never a wrong number; what must outlive it is copied out
/// with [NdArray#copy].
///
/// Memory of a size that no pass has asked for in a while is left to the garbage collector, so that passes over inputs
/// of ever other sizes do not collect memory for all of them.
///
/// Not thread-safe: a workspace belongs to the one thread that runs the pass.
public final class Workspace {
  /// The memory of one size that waits for the next pass.
  private static final class Shelf {
    final ArrayDeque<float[]> free = new ArrayDeque<>();
    int lastUsed;
  }

  private static final int PASSES_KEPT = 16;
  private static final int BORROWED = -1; // in place of the birth of memory that belongs to somebody else

  private final List<NdArray.Storage> lent = new ArrayList<>(); // in the order of their birth
  private final Map<Integer, Shelf> shelves = new HashMap<>();
  private int passes;
  private int opsRemembered;

  /// The same numbers as an array that lives here, so that what is computed from it will be recycled. The numbers
  /// themselves are shared, not copied, and stay valid after [#recycle].
  public NdArray adopt(NdArray array) {
    NdArray.Storage storage = new NdArray.Storage(array.array(), this, BORROWED);
    lent.add(storage);
    return new NdArray(array.shape(), storage);
  }

  /// Takes back the memory of every array made here. They cannot be read any more.
  public void recycle() {
    lent.forEach(this::takeBack);
    lent.clear();
    passes++;
    shelves.values().removeIf(shelf -> passes - shelf.lastUsed > PASSES_KEPT);
  }

  /// How many bytes are kept for the next pass.
  public long freeBytes() {
    return shelves.entrySet().stream()
        .mapToLong(e -> 4L * e.getKey() * e.getValue().free.size())
        .sum();
  }

  /// A point in the course of a pass.
  public record Moment(int clock, int opsRemembered) {}

  /// The present moment.
  public Moment now() {
    return new Moment(clock(), opsRemembered);
  }

  /// Takes back what was made here since a moment in this pass, but not the memory of `kept`. Does nothing if an op has been
  /// remembered since ([Tensor#result]): it may need what it was computed from for the backward pass.
  ///
  /// So the layers of a network at inference, or of the frozen part of one, work in the memory of a few arrays, which stays in
  /// cache.
  public void keepOnly(NdArray kept, Moment since) {
    if (since.opsRemembered == opsRemembered) {
      kept.storage.holders++;
      giveBackSince(since.clock);
      kept.storage.holders--;
    }
  }

  /// Is told of each op that is remembered for the backward pass.
  void opRemembered() {
    opsRemembered++;
  }

  /// Counts what is made and brought in, from 0 after each [#recycle].
  int clock() {
    return lent.size();
  }

  /// Takes back what was made here at or after a time of the [#clock] and nobody holds.
  void giveBackSince(int time) {
    for (int i = lent.size() - 1; i >= time; i--) {
      giveBack(lent.get(i), time);
    }
  }

  /// Takes back one array's memory, if that was made here at or after `time` and nobody holds it.
  void giveBack(NdArray.Storage storage, int time) {
    if (storage.home == this && storage.birth >= time && storage.holders == 0) {
      storage.isSpent = true;
      takeBack(storage);
    }
  }

  /// An array of the same shape in the memory of one that nobody reads any more, which is to be forgotten ([#forget]) once its last
  /// number has been read.
  NdArray over(NdArray spent) {
    NdArray.Storage storage = new NdArray.Storage(spent.array(), this, clock());
    lent.add(storage);
    return new NdArray(spent.shape(), storage);
  }

  /// Makes reading this array an error: its memory is another's now.
  void forget(NdArray.Storage storage) {
    storage.isSpent = true;
    storage.values = null;
  }

  private void takeBack(NdArray.Storage storage) {
    float[] values = storage.values;
    if (values != null && storage.birth != BORROWED) {
      shelf(values.length).free.push(values);
    }
    storage.values = null;
  }

  /// Memory for `size` numbers, with whatever was in it.
  NdArray.Storage take(int size) {
    float[] waiting = shelf(size).free.poll();
    float[] values = waiting == null ? new float[size] : waiting;
    NdArray.Storage storage = new NdArray.Storage(values, this, clock());
    lent.add(storage);
    return storage;
  }

  private Shelf shelf(int size) {
    Shelf shelf = shelves.computeIfAbsent(size, _ -> new Shelf());
    shelf.lastUsed = passes;
    return shelf;
  }
}

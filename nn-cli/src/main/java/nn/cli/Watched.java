package nn.cli;

import java.util.Iterator;
import java.util.function.Consumer;

/// Lets somebody look at the elements as they go by.
final class Watched {
  private Watched() {}

  /// The same elements; each is shown to `watcher` when the next one is asked for, so when it has been dealt with.
  static <T> Iterable<T> of(Iterable<T> elements, Consumer<T> watcher) {
    return () -> {
      Iterator<T> inner = elements.iterator();
      return new Iterator<>() {
        private Runnable last = () -> {};

        @Override
        public boolean hasNext() {
          last.run();
          last = () -> {};
          return inner.hasNext();
        }

        @Override
        public T next() {
          T next = inner.next();
          last = () -> watcher.accept(next);
          return next;
        }
      };
    };
  }
}

package nn.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import nn.finetune.data.DataException;
import nn.finetune.data.Dataset;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Which images to train on, and which to test on.
final class SplitOptions {
  @Mixin private DataOptions data;

  @ArgGroup private @Nullable Test test;

  /// Either of two ways to get test images.
  static final class Test {
    @Option(
        names = "--test",
        paramLabel = "PATH",
        description = "The images to test on, of the same classes.") private @Nullable Path path;

    @Option(
        names = "--split",
        paramLabel = "SHARE",
        description = "Hold this share of each class out of the training, and test on it. Default, "
            + "without --test: 0.2.") private @Nullable Double share;
  }

  /// The images, divided.
  ///
  /// @param training what to train on
  /// @param test what to test on
  /// @param testWords what it is tested on, in words
  record Parts(Dataset training, Dataset test, String testWords) {}

  /// Insists that the share is one.
  void check(GraftCommand command) {
    command.require(
        test == null || test.share == null || test.share > 0 && test.share < 1,
        "--split must lie between 0 and 1, got " + (test == null ? null : test.share));
  }

  /// Opens the images and divides them.
  ///
  /// @param seed decides what is held out
  /// @throws DataException if the images are not usable, or a class has none
  Parts open(long seed, Talk talk) {
    Dataset all = data.open(talk);
    checkClasses(all, data.path());
    if (test != null && test.path != null) {
      Dataset separate = DataOptions.open(test.path, data.classes(), talk);
      if (separate.classes().size() > all.classes().size()) {
        throw new DataException(
            test.path + ": has " + separate.classes().size() + " classes, the training data has "
                + all.classes().size());
      }
      return new Parts(
          all, DataOptions.aligned(separate, all.classes(), true, test.path), test.path.toString());
    }
    double share = test == null || test.share == null ? 0.2 : test.share;
    Dataset.Split split = all.split(share, seed);
    return new Parts(
        split.rest(),
        split.held(),
        String.format(Locale.ROOT, "%d images held out of %s", split.held().size(), data.path()));
  }

  private static void checkClasses(Dataset all, Path path) {
    List<String> classes = all.classes();
    if (classes.size() < 2) {
      throw new DataException(
          path + ": has images of one class only; to tell classes apart, at least two are needed");
    }
    int[] counts = all.counts();
    for (int c = 0; c < counts.length; c++) {
      if (counts[c] == 0) {
        throw new DataException(
            path + ": has no image of the class '" + classes.get(c) + "' (number " + c + " of the "
                + classes.size() + " classes " + String.join(", ", classes)
                + "); do --classes fit the data?");
      }
    }
  }
}

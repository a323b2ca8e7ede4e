package nn.cli;

import java.nio.file.Path;
import java.util.List;
import nn.finetune.data.DataException;
import nn.finetune.data.Dataset;
import nn.finetune.data.Datasets;
import nn.finetune.data.ImageFolder;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Which labelled images.
final class DataOptions {
  @Option(
      names = "--data",
      required = true,
      paramLabel = "PATH",
      description = "The images: a folder with a folder for each class, CIFAR records (.bin, "
          + ".bin.gz), or an IDX file (MNIST).") private Path data;

  @Option(
      names = "--classes",
      split = ",",
      paramLabel = "NAME",
      description = "The names of the classes, in the order of their numbers, as in rose,tulip.") private @Nullable List<String> classes;

  Path path() {
    return data;
  }

  /// The names that were given; empty if none were.
  List<String> classes() {
    return classes == null ? List.of() : classes.stream().map(String::strip).toList();
  }

  /// Opens the data; what cannot be read is said.
  Dataset open(Talk talk) {
    return open(data, classes(), talk);
  }

  /// Opens other data of the same classes.
  static Dataset open(Path path, List<String> classes, Talk talk) {
    Dataset opened = Datasets.open(path, classes);
    if (opened instanceof ImageFolder folder && !folder.broken().isEmpty()) {
      talk.warn(
          (folder.broken().size() == 1 ? "1 image is" : folder.broken().size() + " images are")
              + " left out, unreadable:\n  "
              + String.join("\n  ", folder.broken()));
    }
    return opened;
  }

  /// The data with labels as a network of these classes counts them: by name if the data has names, otherwise by number.
  ///
  /// @param known the network's classes
  /// @param isNamed whether somebody has named them, or they are numbers
  /// @throws DataException if the data has classes that the network does not know
  static Dataset aligned(Dataset data, List<String> known, boolean isNamed, Path path) {
    List<String> named = data.classes();
    if (named.equals(known)) {
      return data;
    }
    int[] labels = new int[named.size()];
    boolean byNumber = !isNamed || isNumbered(named);
    for (int c = 0; c < labels.length; c++) {
      labels[c] = byNumber ? c : known.indexOf(named.get(c));
      if (byNumber && c >= known.size()) {
        throw new DataException(
            path + ": has " + labels.length + " classes, but the network tells " + known.size()
                + " apart");
      }
      if (labels[c] < 0) {
        throw new DataException(
            path + ": has a class '" + named.get(c) + "', but the network knows "
                + String.join(", ", known));
      }
    }
    boolean namesFit = !isNamed && !isNumbered(named) && named.size() == known.size();
    return data.relabel(namesFit ? named : known, labels);
  }

  private static boolean isNumbered(List<String> names) {
    for (int c = 0; c < names.size(); c++) {
      if (!names.get(c).equals(Integer.toString(c))) {
        return false;
      }
    }
    return true;
  }
}

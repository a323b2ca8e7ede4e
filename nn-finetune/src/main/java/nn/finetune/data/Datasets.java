package nn.finetune.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/// Opens data of any kind that is known.
///
/// | given | read as |
/// | --- | --- |
/// | a folder with a folder for each class | [ImageFolder] |
/// | a file `….bin`, plain or `.gz` | [CifarRecords] |
/// | a file of IDX images (`…images-idx3-ubyte`), plain or `.gz` | [IdxFiles] |
/// | a folder with such files | all of its `.bin` files together, or its one file of IDX images |
///
/// Where files of one folder are for training and for testing, as in most downloads, the ones that
/// are meant are named one by one.
public final class Datasets {
  private static final String KNOWN =
      "expected is one folder for each class, full of images; or CIFAR records (.bin, .bin.gz); or IDX"
          + " files (…images-idx3-ubyte, .gz)";

  private Datasets() {}

  /// Opens a file or folder, whose classes are called by their folders' names, or by numbers.
  ///
  /// @throws DataException if it is of no known kind, or broken
  public static Dataset open(Path path) {
    return open(path, List.of());
  }

  /// Opens a file or folder.
  ///
  /// @param classes the names of the classes, in the order of their numbers; empty to take the
  ///   folders' names, or numbers
  /// @throws DataException if it is of no known kind, or broken, or its classes do not fit
  public static Dataset open(Path path, List<String> classes) {
    if (!Files.exists(path)) {
      throw new DataException(path + ": there is no such file or folder");
    }
    if (Files.isDirectory(path)) {
      return openFolder(path, classes);
    }
    if (IdxFiles.isImages(path) || IdxFiles.isIdx(path)) {
      return IdxFiles.read(path, classes);
    }
    if (CifarRecords.isRecords(path)) {
      return CifarRecords.read(path, classes);
    }
    throw new DataException(path + ": is of no known kind; " + KNOWN);
  }

  /// Opens several files or folders as one data set.
  ///
  /// @param classes the names of the classes, in the order of their numbers; empty to take the
  ///   folders' names, or numbers
  /// @throws DataException if one of them is of no known kind, or broken, or has other classes
  public static Dataset open(List<Path> paths, List<String> classes) {
    List<Dataset> parts = paths.stream().map(path -> open(path, classes)).toList();
    if (parts.size() == 1) {
      return parts.getFirst();
    }
    if (parts.stream().allMatch(Datasets::isNumbered)) {
      List<String> longest =
          parts.stream()
              .map(Dataset::classes)
              .max(Comparator.comparingInt(List::size))
              .orElse(List.of());
      parts = parts.stream().map(part -> renamed(part, longest)).toList();
    }
    return new Joined(parts);
  }

  private static boolean isNumbered(Dataset data) {
    List<String> names = data.classes();
    return IntStream.range(0, names.size()).allMatch(i -> names.get(i).equals("" + i));
  }

  /// The same labels, of which there might have been more.
  private static Dataset renamed(Dataset data, List<String> classes) {
    return data.relabel(classes, IntStream.range(0, data.classes().size()).toArray());
  }

  private static Dataset openFolder(Path folder, List<String> classes) {
    List<Path> files =
        ImageFiles.list(folder).stream().filter(Files::isRegularFile).toList();
    List<Path> idx = files.stream().filter(IdxFiles::isImages).toList();
    List<Path> records = files.stream().filter(CifarRecords::isRecords).toList();
    if (!idx.isEmpty()) {
      checkMeant(folder, idx.size() == 1, idx);
      return IdxFiles.read(idx.getFirst(), classes);
    }
    if (!records.isEmpty()) {
      long tests =
          records.stream().filter(file -> file.getFileName().toString().contains("test")).count();
      checkMeant(folder, tests == 0 || tests == records.size(), records);
      return open(records, classes);
    }
    if (ImageFiles.list(folder).stream().noneMatch(Files::isDirectory)) {
      throw new DataException(
          folder + ": has neither folders nor files of a known kind in it; " + KNOWN);
    }
    ImageFolder images = ImageFolder.of(folder);
    if (!classes.isEmpty() && !images.classes().equals(classes)) {
      throw new DataException(
          folder + ": has the classes " + String.join(", ", images.classes()) + ", but named were "
              + String.join(", ", classes));
    }
    return images;
  }

  private static void checkMeant(Path folder, boolean isClear, List<Path> files) {
    if (!isClear) {
      throw new DataException(
          folder + ": has several files of images, for training and for testing; name the ones that"
              + " are meant: "
              + String.join(", ", files.stream().map(f -> f.getFileName().toString()).toList()));
    }
  }
}

package nn.finetune.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// Opens data of any kind that is known.
///
/// | given | read as |
/// | --- | --- |
/// | a folder with a folder for each class | [ImageFolder] |
/// | a file `…images-idx3-ubyte`, plain or `.gz` | [IdxFiles] |
/// | a file `….bin`, plain or `.gz` | [CifarRecords] |
/// | a folder with such files | all its `.bin` files, or its one IDX file of images |
public final class Datasets {
  private Datasets() {}

  /// Opens a file or folder.
  ///
  /// @param classes the names of the classes, in the order of their numbers; empty to take the folders' names, or numbers
  /// @throws DataException if it is of no known kind, or broken, or its classes do not fit
  public static Dataset open(Path path, List<String> classes) {
    if (!Files.exists(path)) {
      throw new DataException(path + ": there is no such file or folder");
    }
    Dataset data = Files.isDirectory(path) ? openFolder(path, classes) : openFile(path, classes);
    if (!classes.isEmpty() && !data.classes().equals(classes)) {
      throw new DataException(
          path + ": has the classes " + String.join(", ", data.classes()) + ", but named were "
              + String.join(", ", classes));
    }
    return data;
  }

  private static Dataset openFile(Path file, List<String> classes) {
    if (IdxFiles.isImages(file)) {
      return IdxFiles.read(file, classes);
    }
    String name = file.getFileName().toString();
    if (name.endsWith(".bin") || name.endsWith(".bin.gz")) {
      return CifarRecords.read(file, classes);
    }
    throw new DataException(
        file + ": is of no known kind; read are a folder with a folder of images for each class,"
            + " CIFAR records (.bin, .bin.gz) and IDX files (…images-idx3-ubyte, .gz)");
  }

  private static Dataset openFolder(Path folder, List<String> classes) {
    List<Path> files;
    try (Stream<Path> entries = Files.list(folder)) {
      files = entries.filter(Files::isRegularFile).sorted().toList();
    } catch (IOException e) {
      throw new DataException(folder + ": cannot be listed (" + e.getMessage() + ")", e);
    }
    List<Path> records =
        files.stream()
            .filter(f -> f.toString().endsWith(".bin") || f.toString().endsWith(".bin.gz"))
            .toList();
    List<Path> idx = files.stream().filter(IdxFiles::isImages).toList();
    if (!records.isEmpty()) {
      return records(folder, records, classes);
    }
    if (idx.size() > 1) {
      throw new DataException(
          folder + ": has several files of images, name the one that is meant: "
              + String.join(", ", idx.stream().map(f -> f.getFileName().toString()).toList()));
    }
    return idx.isEmpty() ? ImageFolder.of(folder) : IdxFiles.read(idx.getFirst(), classes);
  }

  private static Dataset records(Path folder, List<Path> files, List<String> classes) {
    if (classes.isEmpty() && files.size() > 1) {
      throw new DataException(
          folder + ": has several files of records: name the classes, or one of the files");
    }
    Dataset[] parts =
        files.stream().map(file -> CifarRecords.read(file, classes)).toArray(Dataset[]::new);
    return parts.length == 1 ? parts[0] : Dataset.concat(parts);
  }
}

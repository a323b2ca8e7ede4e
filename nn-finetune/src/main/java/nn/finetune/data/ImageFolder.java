package nn.finetune.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import nn.layers.image.Pixels;
import nn.layers.image.Preprocessing;

/// A folder with one folder for each class, full of images: `photos/rose/1.jpg`,
/// `photos/tulip/7.png`. The classes are the folders' names, in alphabetical order.
///
/// Images are decoded when they are asked for, so the folder may be larger than memory.
public final class ImageFolder implements Dataset {
  private final List<String> classes;
  private final List<Path> files;
  private final int[] labels;
  private final List<String> broken;
  private final List<Path> ignored;

  private ImageFolder(
      List<String> classes,
      List<Path> files,
      int[] labels,
      List<String> broken,
      List<Path> ignored) {
    this.classes = List.copyOf(classes);
    this.files = List.copyOf(files);
    this.labels = labels;
    this.broken = List.copyOf(broken);
    this.ignored = List.copyOf(ignored);
  }

  /// Opens a folder of class folders, and decodes every image once, on all processors, to find the
  /// broken ones: these are left out, and [#broken] says which and why.
  ///
  /// @throws DataException if there is no such folder, or no two classes with images in it
  public static ImageFolder of(Path folder) {
    return unchecked(folder).withoutBroken(folder);
  }

  /// Opens a folder of class folders without looking into the images: faster, but a broken image will
  /// be an error when it is asked for.
  ///
  /// @throws DataException if there is no such folder, or no two classes with images in it
  public static ImageFolder unchecked(Path folder) {
    List<String> classes = new ArrayList<>();
    List<Path> files = new ArrayList<>();
    List<Integer> labels = new ArrayList<>();
    List<Path> ignored = new ArrayList<>();
    List<Path> folders = ImageFiles.list(folder).stream().filter(Files::isDirectory).toList();
    for (Path each : folders) {
      int before = files.size();
      for (Path file : ImageFiles.list(each)) {
        if (ImageFiles.isImage(file) && Files.isRegularFile(file)) {
          files.add(file);
          labels.add(classes.size());
        } else {
          ignored.add(file);
        }
      }
      if (files.size() > before) {
        classes.add(each.getFileName().toString());
      }
    }
    checkClasses(folder, classes, ignored);
    return new ImageFolder(
        classes, files, labels.stream().mapToInt(Integer::intValue).toArray(), List.of(), ignored);
  }

  private static void checkClasses(Path folder, List<String> classes, List<Path> ignored) {
    if (classes.size() > 1) {
      return;
    }
    if (classes.size() == 1) {
      throw new DataException(
          folder + ": has images of one class only ('" + classes.getFirst()
              + "'); to tell classes apart, at least two are needed");
    }
    String hint =
        ignored.stream()
            .filter(Files::isDirectory)
            .findFirst()
            .map(
                inner -> ". There are folders in " + inner.getParent() + ": is that the one meant?")
            .orElse("");
    throw new DataException(
        folder + ": has no folders with images in it; expected is one folder for each class, with"
            + " JPEG, PNG, BMP or GIF: " + folder.getFileName() + "/<class>/<image>.jpg" + hint);
  }

  private ImageFolder withoutBroken(Path folder) {
    List<String> problems =
        IntStream.range(0, files.size()).parallel().mapToObj(i -> problem(files.get(i))).toList();
    int[] good = IntStream.range(0, files.size()).filter(i -> problems.get(i).isEmpty()).toArray();
    List<String> bad = problems.stream().filter(problem -> !problem.isEmpty()).toList();
    int[] left = new int[classes.size()];
    Arrays.stream(good).forEach(i -> left[labels[i]]++);
    for (int c = 0; c < left.length; c++) {
      if (left[c] == 0) {
        throw new DataException(
            folder + ": no image of the class '" + classes.get(c) + "' can be read: "
                + bad.stream().limit(3).collect(Collectors.joining("; ")));
      }
    }
    return new ImageFolder(
        classes,
        Arrays.stream(good).mapToObj(files::get).toList(),
        Arrays.stream(good).map(i -> labels[i]).toArray(),
        bad,
        ignored);
  }

  private static String problem(Path file) {
    try {
      ImageFiles.read(file);
      return "";
    } catch (DataException e) {
      return String.valueOf(e.getMessage());
    }
  }

  /// What was wrong with each image that was left out, beginning with its path.
  public List<String> broken() {
    return broken;
  }

  /// What else lies in the class folders: files that do not have the name of an image, and folders.
  public List<Path> ignored() {
    return ignored;
  }

  @Override
  public int size() {
    return files.size();
  }

  @Override
  public List<String> classes() {
    return classes;
  }

  @Override
  public int label(int index) {
    return labels[index];
  }

  @Override
  public Pixels image(int index) {
    return ImageFiles.read(files.get(index));
  }

  @Override
  public String name(int index) {
    return files.get(index).toString();
  }

  /// That of ImageNet, as photographs are for most published networks.
  @Override
  public Preprocessing preprocessing() {
    return Preprocessing.imageNet();
  }

  /// What was found, in a sentence.
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    text.append(files.size()).append(" images of ").append(classes.size()).append(" classes");
    if (!broken.isEmpty()) {
      text.append("; ").append(broken.size()).append(" broken and left out");
    }
    if (!ignored.isEmpty()) {
      text.append("; ").append(ignored.size()).append(" other files ignored");
    }
    return text.toString();
  }
}

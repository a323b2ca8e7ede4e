package nn.finetune.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import nn.layers.image.Pixels;

/// A folder with one folder for each class, full of images: `photos/rose/1.jpg`, `photos/tulip/7.png`. The classes are the
/// folders' names, in alphabetical order.
///
/// Opening decodes every image once, on several threads, to find the broken ones: these are left out, and [#broken] says which
/// and why. Afterwards images are decoded when they are asked for, so the folder may be larger than memory.
public final class ImageFolder implements Dataset {
  private final List<String> classes;
  private final List<Path> files;
  private final int[] labels;
  private final List<String> broken;
  private final int ignored;

  private ImageFolder(
      List<String> classes, List<Path> files, int[] labels, List<String> broken, int ignored) {
    this.classes = classes;
    this.files = files;
    this.labels = labels;
    this.broken = broken;
    this.ignored = ignored;
  }

  /// An image and the class of its folder.
  private record Labelled(Path file, int label) {}

  /// Opens a folder of class folders.
  ///
  /// @throws DataException if there is no such folder, or no two classes with images in it
  public static ImageFolder of(Path folder) {
    List<Path> folders = list(folder).stream().filter(Files::isDirectory).toList();
    List<String> classes = new ArrayList<>();
    List<Labelled> images = new ArrayList<>();
    int ignored = 0;
    for (Path each : folders) {
      List<Path> within = list(each);
      List<Path> found = within.stream().filter(ImageFiles::isImage).toList();
      ignored += within.size() - found.size();
      if (!found.isEmpty()) {
        found.forEach(file -> images.add(new Labelled(file, classes.size())));
        classes.add(each.getFileName().toString());
      }
    }
    if (classes.isEmpty()) {
      throw new DataException(
          folder + ": has no folders with images in it; expected is one folder for each class:"
              + " " + folder.getFileName() + "/<class>/<image>.jpg");
    }
    if (classes.size() == 1) {
      throw new DataException(
          folder + ": has images of one class only ('" + classes.getFirst()
              + "'); to tell classes apart, at least two are needed");
    }
    return checked(folder, classes, images, ignored);
  }

  private static ImageFolder checked(
      Path folder, List<String> classes, List<Labelled> images, int ignored) {
    List<String> problems =
        IntStream.range(0, images.size())
            .parallel()
            .mapToObj(i -> problem(images.get(i).file))
            .toList();
    List<Path> files = new ArrayList<>();
    List<Integer> labels = new ArrayList<>();
    List<String> broken = new ArrayList<>();
    for (int i = 0; i < images.size(); i++) {
      if (problems.get(i).isEmpty()) {
        files.add(images.get(i).file);
        labels.add(images.get(i).label);
      } else {
        broken.add(problems.get(i));
      }
    }
    for (int c = 0; c < classes.size(); c++) {
      if (!labels.contains(c)) {
        throw new DataException(
            folder + ": no image of the class '" + classes.get(c) + "' can be read: "
                + broken.stream().limit(3).collect(Collectors.joining("; ")));
      }
    }
    return new ImageFolder(
        List.copyOf(classes),
        List.copyOf(files),
        labels.stream().mapToInt(Integer::intValue).toArray(),
        List.copyOf(broken),
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

  private static List<Path> list(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new DataException(folder + ": there is no such folder");
    }
    try (Stream<Path> entries = Files.list(folder)) {
      return entries
          .filter(path -> !path.getFileName().toString().startsWith("."))
          .sorted(Comparator.comparing(path -> path.getFileName().toString()))
          .toList();
    } catch (IOException e) {
      throw new DataException(folder + ": cannot be listed (" + e.getMessage() + ")", e);
    }
  }

  /// What was wrong with each image that was left out, beginning with its path.
  public List<String> broken() {
    return broken;
  }

  /// How many files in the class folders do not have the name of an image.
  public int ignored() {
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
}

package nn.finetune.data;

import java.util.List;
import java.util.stream.IntStream;
import nn.layers.image.Pixels;

/// Images and labels in memory.
///
/// @param name what a person would call the whole; a sample is this and its number
public record InMemory(String name, List<String> classes, List<Pixels> images, int[] labels)
    implements Dataset {
  public InMemory {
    classes = List.copyOf(classes);
    images = List.copyOf(images);
    labels = labels.clone();
    if (images.size() != labels.length) {
      throw new IllegalArgumentException(images.size() + " images, " + labels.length + " labels");
    }
    for (int label : labels) {
      if (label < 0 || label >= classes.size()) {
        throw new DataException(
            name + ": has a label " + label + ", but " + classes.size() + " classes were named: "
                + String.join(", ", classes));
      }
    }
  }

  /// The names of classes that nobody has named: `0`, `1`, ….
  static List<String> numbered(int count) {
    return IntStream.range(0, count).mapToObj(Integer::toString).toList();
  }

  /// The given names, or numbers for as many classes as the labels have.
  static List<String> named(List<String> classes, int[] labels) {
    return classes.isEmpty()
        ? numbered(IntStream.of(labels).max().orElse(-1) + 1)
        : classes;
  }

  @Override
  public int size() {
    return labels.length;
  }

  @Override
  public int label(int index) {
    return labels[index];
  }

  @Override
  public Pixels image(int index) {
    return images.get(index);
  }

  @Override
  public String name(int index) {
    return name + "#" + index;
  }
}

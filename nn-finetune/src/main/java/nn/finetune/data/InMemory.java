package nn.finetune.data;

import java.util.List;
import nn.layers.image.Pixels;

/// Images and labels in memory.
///
/// @param name what a person would call the whole; a sample is this and its number
/// @param classes the names of the classes, in the order of their numbers
/// @param images the images
/// @param labels the class of each image
public record InMemory(String name, List<String> classes, List<Pixels> images, int[] labels)
    implements Dataset {
  public InMemory {
    classes = List.copyOf(classes);
    images = List.copyOf(images);
    labels = labels.clone();
    if (images.size() != labels.length) {
      throw new IllegalArgumentException(images.size() + " images, " + labels.length + " labels");
    }
    for (int i = 0; i < labels.length; i++) {
      if (labels[i] < 0 || labels[i] >= classes.size()) {
        throw new IllegalArgumentException(
            name + ": image " + i + " has label " + labels[i] + ", but the classes are "
                + String.join(", ", classes));
      }
    }
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

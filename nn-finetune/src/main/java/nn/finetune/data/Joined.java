package nn.finetune.data;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import nn.layers.image.Pixels;
import nn.layers.image.Preprocessing;

/// Several data sets of the same classes, one after another.
final class Joined implements Dataset {
  private final List<Dataset> parts;
  private final int[] starts; // of each part, and the end of the last

  Joined(List<Dataset> parts) {
    if (parts.isEmpty()) {
      throw new IllegalArgumentException("there is nothing to join");
    }
    List<String> classes = parts.getFirst().classes();
    starts = new int[parts.size() + 1];
    for (int i = 0; i < parts.size(); i++) {
      if (!parts.get(i).classes().equals(classes)) {
        throw new DataException(
            "data sets of different classes cannot be joined: " + String.join(", ", classes)
                + " and " + String.join(", ", parts.get(i).classes()));
      }
      starts[i + 1] = Math.addExact(starts[i], parts.get(i).size());
    }
    this.parts = parts;
  }

  /// The number of the part that a sample is in.
  private int part(int index) {
    Objects.checkIndex(index, size());
    int found = Arrays.binarySearch(starts, index);
    int part = found < 0 ? -found - 2 : found;
    while (starts[part + 1] == index) {
      part++; // an empty one
    }
    return part;
  }

  @Override
  public int size() {
    return starts[parts.size()];
  }

  @Override
  public List<String> classes() {
    return parts.getFirst().classes();
  }

  @Override
  public int label(int index) {
    int part = part(index);
    return parts.get(part).label(index - starts[part]);
  }

  @Override
  public Pixels image(int index) {
    int part = part(index);
    return parts.get(part).image(index - starts[part]);
  }

  @Override
  public String name(int index) {
    int part = part(index);
    return parts.get(part).name(index - starts[part]);
  }

  @Override
  public Preprocessing preprocessing() {
    return parts.getFirst().preprocessing();
  }
}

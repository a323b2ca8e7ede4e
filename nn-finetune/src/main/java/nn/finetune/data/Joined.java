package nn.finetune.data;

import java.util.List;
import nn.layers.image.Pixels;

/// Several data sets of the same classes, one after another.
record Joined(List<Dataset> parts) implements Dataset {
  Joined {
    parts = List.copyOf(parts);
    if (parts.isEmpty()) {
      throw new IllegalArgumentException("there is nothing to join");
    }
    for (Dataset part : parts) {
      if (!part.classes().equals(parts.getFirst().classes())) {
        throw new DataException(
            "data sets of different classes: " + parts.getFirst().classes() + " and " + part.classes());
      }
    }
  }

  /// A sample of one of the parts.
  private record Place(Dataset part, int index) {}

  private Place place(int index) {
    int within = index;
    for (Dataset part : parts) {
      if (within < part.size()) {
        return new Place(part, within);
      }
      within -= part.size();
    }
    throw new IndexOutOfBoundsException("sample " + index + " of " + size());
  }

  @Override
  public int size() {
    return parts.stream().mapToInt(Dataset::size).sum();
  }

  @Override
  public List<String> classes() {
    return parts.getFirst().classes();
  }

  @Override
  public int label(int index) {
    Place place = place(index);
    return place.part.label(place.index);
  }

  @Override
  public Pixels image(int index) {
    Place place = place(index);
    return place.part.image(place.index);
  }

  @Override
  public String name(int index) {
    Place place = place(index);
    return place.part.name(place.index);
  }
}

package nn.finetune.data;

import java.util.List;
import java.util.Objects;
import nn.layers.image.Pixels;
import nn.layers.image.Preprocessing;

/// Some samples of a data set.
record Subset(Dataset whole, int[] indices) implements Dataset {
  Subset {
    for (int index : indices) {
      Objects.checkIndex(index, whole.size());
    }
  }

  @Override
  public int size() {
    return indices.length;
  }

  @Override
  public List<String> classes() {
    return whole.classes();
  }

  @Override
  public int label(int index) {
    return whole.label(indices[index]);
  }

  @Override
  public Pixels image(int index) {
    return whole.image(indices[index]);
  }

  @Override
  public String name(int index) {
    return whole.name(indices[index]);
  }

  @Override
  public Preprocessing preprocessing() {
    return whole.preprocessing();
  }
}

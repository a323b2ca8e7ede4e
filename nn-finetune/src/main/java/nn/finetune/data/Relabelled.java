package nn.finetune.data;

import java.util.List;
import nn.layers.image.Pixels;
import nn.layers.image.Preprocessing;

/// The images of a data set under other classes.
record Relabelled(Dataset images, List<String> classes, int[] newLabels) implements Dataset {
  Relabelled {
    for (int label : newLabels) {
      if (label >= classes.size()) {
        throw new IllegalArgumentException(
            "label " + label + " for " + classes.size() + " classes");
      }
    }
  }

  @Override
  public int size() {
    return images.size();
  }

  @Override
  public int label(int index) {
    return newLabels[images.label(index)];
  }

  @Override
  public Pixels image(int index) {
    return images.image(index);
  }

  @Override
  public String name(int index) {
    return images.name(index);
  }

  @Override
  public Preprocessing preprocessing() {
    return images.preprocessing();
  }
}

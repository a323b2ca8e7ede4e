package nn.finetune.data;

import nn.core.NdArray;

/// Some samples together, as a network takes them.
///
/// @param images the inputs, the first axis counts the samples: `[batch × channels × height ×
///   width]`
/// @param labels the class of each sample, from 0 up
/// @param indices where each sample stands in its data set
public record Batch(NdArray images, int[] labels, int[] indices) {
  public Batch {
    int samples = images.shape().rank() == 0 ? 0 : images.shape().dim(0);
    if (labels.length != samples || indices.length != samples) {
      throw new IllegalArgumentException(
          "a batch of " + samples + " images has " + labels.length + " labels and "
              + indices.length + " indices");
    }
  }

  /// How many samples there are.
  public int size() {
    return labels.length;
  }
}

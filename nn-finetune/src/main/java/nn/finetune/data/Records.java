package nn.finetune.data;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import nn.layers.image.Pixels;
import nn.layers.image.Preprocessing;

/// Images of one size, one after another in the bytes of a file; each becomes [Pixels] when it is
/// asked for.
///
/// @param file what they were read from
/// @param bytes the unpacked file
/// @param layout where the images lie in it
record Records(
    Path file,
    List<String> classes,
    int[] labels,
    byte[] bytes,
    Layout layout,
    Preprocessing preprocessing)
    implements Dataset {
  /// Where the images lie: the first after `header` bytes, the next ones `stride` further each. An
  /// image is stored channel by channel.
  record Layout(int header, int stride, int width, int height, int channels) {}

  /// Finds names for the labels, or finds fault with them.
  ///
  /// @param names the names of the classes; empty to number them
  static Records of(
      Path file,
      List<String> names,
      int[] labels,
      byte[] bytes,
      Layout layout,
      Preprocessing preprocessing) {
    List<String> classes = names.isEmpty() ? numbered(labels) : List.copyOf(names);
    for (int i = 0; i < labels.length; i++) {
      if (labels[i] >= classes.size()) {
        throw new DataException(
            file + ": image " + i + " has label " + labels[i] + ", but only " + classes.size()
                + " classes were named: " + String.join(", ", classes));
      }
    }
    return new Records(file, classes, labels, bytes, layout, preprocessing);
  }

  /// The names of classes that nobody has named: `0`, `1`, ….
  private static List<String> numbered(int[] labels) {
    int largest = IntStream.of(labels).max().orElse(-1);
    return IntStream.rangeClosed(0, largest).mapToObj(Integer::toString).toList();
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
    return Pixels.ofPlanes(
        layout.width, layout.height, layout.channels, bytes, layout.header + index * layout.stride);
  }

  @Override
  public String name(int index) {
    return file.getFileName() + "#" + index;
  }
}

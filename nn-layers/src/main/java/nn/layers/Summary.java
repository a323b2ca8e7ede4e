package nn.layers;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import nn.core.NdArray;
import nn.core.Shape;

/// What a network is made of: each layer with its output shape, its numbers and whether they are
/// trained. Made by [Layer#summary]; [#toString] is a table.
///
/// @param rows a row for every layer, parents first, the network itself first of all
/// @param trainable how many numbers are trained
/// @param frozen how many numbers in parameters are not trained
/// @param bytes the memory that parameters and buffers take
public record Summary(List<Row> rows, long trainable, long frozen, long bytes) {
  /// Whether the parameters of a layer and of all below are trained.
  public enum State {
    /// There are no parameters.
    NONE(""),
    /// All are trained.
    TRAINABLE("trainable"),
    /// Some are trained, some are not.
    PARTLY("partly trainable"),
    /// None is trained, but some layer still behaves as in training: see
    /// [Parameter#trainable(boolean)].
    UNTRAINABLE("untrainable"),
    /// None is trained, and all layers with parameters behave as at inference: see [Layer#freeze].
    FROZEN("frozen");

    private final String text;

    State(String text) {
      this.text = text;
    }

    @Override
    public String toString() {
      return text;
    }
  }

  /// One layer. Numbers count this layer and all below.
  ///
  /// @param path where it stands; empty for the network itself
  /// @param description what it is, from [Layer#describe]
  /// @param output the shape of what it computes for one input, without the batch axis; empty if
  ///   this layer was not called
  /// @param parameters how many numbers its parameters have
  /// @param bytes the memory that its parameters and buffers take
  /// @param state whether they are trained
  public record Row(
      String path,
      String description,
      Optional<Shape> output,
      long parameters,
      long bytes,
      State state) {}

  public Summary {
    rows = List.copyOf(rows);
  }

  /// How many numbers the parameters have, trained or not.
  public long parameters() {
    return trainable + frozen;
  }

  /// The row of the layer at a path.
  ///
  /// @throws IllegalArgumentException if there is none
  public Row at(String path) {
    return rows.stream()
        .filter(row -> row.path().equals(path))
        .findFirst()
        .orElseThrow(() -> {
          List<String> paths = rows.stream().skip(1).map(Row::path).toList();
          return new IllegalArgumentException(
              "there is no layer '"
                  + path
                  + "'"
                  + Paths.hint(path, paths)
                  + "; there are "
                  + Paths.list(paths));
        });
  }

  static Summary of(Layer network, Shape input) {
    Map<Layer, Shape> outputs = dryRun(network, input);
    List<Row> rows = new ArrayList<>();
    network.walk(
        (path, layer) -> rows.add(
            new Row(
                path,
                path.isEmpty() ? network.architecture().orElse(layer.describe()) : layer.describe(),
                Optional.ofNullable(outputs.get(layer)),
                layer.parameters().elements(),
                bytes(layer),
                state(layer))));
    Parameters all = network.parameters();
    return new Summary(rows, all.trainable().elements(), all.frozen().elements(), bytes(network));
  }

  /// The shape of each layer's output for one input of zeros, without the batch axis.
  static Map<Layer, Shape> dryRun(Layer network, Shape input) {
    Map<Layer, Shape> outputs = new IdentityHashMap<>();
    int[] one = new int[input.rank() + 1];
    one[0] = 1;
    System.arraycopy(input.toArray(), 0, one, 1, input.rank());
    network.forward(
        NdArray.zeros(Shape.of(one)),
        Pass.observed(
            (layer, shape) -> outputs.put(layer, shape.rank() == 0 ? shape : shape.without(0))));
    return outputs;
  }

  private static long bytes(Layer layer) {
    long numbers = layer.parameters().elements();
    for (Buffer buffer : layer.buffers().values()) {
      numbers += buffer.value().size();
    }
    return numbers * Float.BYTES;
  }

  private static State state(Layer layer) {
    Parameters all = layer.parameters();
    int trained = all.trainable().size();
    if (all.size() == 0) {
      return State.NONE;
    }
    if (trained > 0) {
      return trained == all.size() ? State.TRAINABLE : State.PARTLY;
    }
    boolean[] still = new boolean[1];
    layer.walk((_, part) -> still[0] |= !part.ownParameters().isEmpty() && !part.isFrozen());
    return still[0] ? State.UNTRAINABLE : State.FROZEN;
  }

  /// A table of all rows, indented by depth, and a line of totals.
  @Override
  public String toString() {
    List<List<String>> cells = new ArrayList<>();
    cells.add(List.of("path", "layer", "output", "parameters", "bytes", "state"));
    for (Row row : rows) {
      int depth = row.path().isEmpty() ? 0 : row.path().split("\\.").length;
      cells.add(
          List.of(
              "  ".repeat(depth) + (row.path().isEmpty() ? "(network)" : row.path()),
              row.description(),
              row.output().map(Shape::toString).orElse("not called"),
              row.parameters() == 0 ? "" : count(row.parameters()),
              row.bytes() == 0 ? "" : size(row.bytes()),
              row.state().toString()));
    }
    StringBuilder text = new StringBuilder();
    for (List<String> line : cells) {
      StringBuilder aligned = new StringBuilder();
      for (int column = 0; column < line.size(); column++) {
        aligned.append(pad(line.get(column), width(cells, column), column == 3 || column == 4));
        aligned.append("  ");
      }
      text.append(aligned.toString().stripTrailing()).append('\n');
    }
    return text.append(count(parameters()))
        .append(" parameters: ")
        .append(count(trainable))
        .append(" trainable, ")
        .append(count(frozen))
        .append(" frozen; ")
        .append(size(bytes))
        .append(" with buffers")
        .toString();
  }

  private static int width(List<List<String>> cells, int column) {
    return cells.stream().mapToInt(line -> line.get(column).length()).max().orElse(0);
  }

  private static String pad(String text, int width, boolean right) {
    String space = " ".repeat(width - text.length());
    return right ? space + text : text + space;
  }

  private static String count(long n) {
    return String.format(Locale.ROOT, "%,d", n);
  }

  private static String size(long bytes) {
    if (bytes < 1000) {
      return bytes + " B";
    }
    double rest = bytes;
    int unit = -1;
    while (rest >= 999.95) {
      rest /= 1000;
      unit++;
    }
    return String.format(Locale.ROOT, "%.1f %sB", rest, "kMGT".charAt(unit));
  }
}

package nn.finetune.weights;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
import nn.layers.Layer;
import nn.layers.state.SafeTensors;
import nn.layers.state.StateDict;
import nn.layers.state.WeightFileException;

/// Reads weight files, whichever framework wrote them: the kind is told from the first bytes, not from the name.
///
/// | kind | files |
/// | --- | --- |
/// | safetensors | `.safetensors`, and an index of several, `.safetensors.index.json` |
/// | PyTorch 1.6 and later (zip) | `.pt`, `.pth`, `.bin` |
/// | PyTorch before 1.6, also the tars of 2016 | `.pt`, `.pth`, `.th` |
///
/// Nothing in a file is ever executed.
public final class Weights {
  private Weights() {}

  /// Reads the named arrays of a file. Of a PyTorch checkpoint these are the weights alone, without the optimizer's state.
  ///
  /// @throws WeightFileException if it is truncated, corrupt, of a kind that is not read, or holds several sets of weights
  public static StateDict read(Path file) throws IOException {
    return readPart(file, "");
  }

  /// Reads one of several sets of weights, such as `model_ema` beside `model`, or one part of a network: what lies under
  /// this name, under the names that it has there.
  ///
  /// @throws WeightFileException if it is truncated, corrupt, of a kind that is not read, or has nothing of that name
  public static StateDict read(Path file, String part) throws IOException {
    if (part.isEmpty()) {
      throw new IllegalArgumentException("the part's name is empty: read(file) reads all");
    }
    return readPart(file, part);
  }

  private static StateDict readPart(Path file, String part) throws IOException {
    if (!Files.exists(file)) {
      throw new NoSuchFileException(file.toString(), null, "there is no such file");
    }
    if (Files.isDirectory(file)) {
      throw new WeightFileException(
          file,
          Files.exists(file.resolve("saved_model.pb"))
              ? "is a TensorFlow SavedModel, which is not read yet"
              : "is a folder: name the weight file in it");
    }
    byte[] start;
    try (InputStream in = Files.newInputStream(file)) {
      start = in.readNBytes(512);
    }
    String magic = HexFormat.of().formatHex(start, 0, Math.min(16, start.length));
    if (magic.startsWith("504b0304")) {
      return PyTorchZip.read(file, part);
    }
    if (magic.startsWith(PyTorchLegacy.MAGIC)) {
      return PyTorchLegacy.read(file, part);
    }
    if (PyTorchTar.isTar(start)) {
      return PyTorchTar.read(file, part);
    }
    String name = file.getFileName().toString();
    if (name.endsWith(".index.json") || isSafeTensors(start)) {
      StateDict state = SafeTensors.read(file);
      return part.isEmpty() ? state : part(file, state, part);
    }
    throw new WeightFileException(
        file, "is " + OtherKinds.of(name, start, end(file)) + "; read are safetensors and"
            + " PyTorch's .pt, .pth and .th. Convert it to safetensors where it comes from");
  }

  private static StateDict part(Path file, StateDict state, String part)
      throws WeightFileException {
    StateDict found = state.under(part);
    if (found.size() == 0) {
      throw new WeightFileException(
          file, "has nothing under '" + part + "'; its first name is "
              + state.names().stream().findFirst().orElse("missing"));
    }
    return found;
  }

  private static byte[] end(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      ByteBuffer end = ByteBuffer.allocate(8);
      channel.read(end, Math.max(0, channel.size() - end.capacity()));
      return end.array();
    }
  }

  /// Writes a network's state as safetensors, atomically.
  public static void write(Layer network, Path file) throws IOException {
    SafeTensors.write(file, StateDict.of(network));
  }

  /// A small length, then the opening of JSON.
  private static boolean isSafeTensors(byte[] start) {
    return start.length > 8 && start[8] == '{' && start[7] == 0 && start[6] == 0 && start[5] == 0;
  }
}

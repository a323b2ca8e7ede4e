package nn.finetune.weights;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
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
/// | PyTorch before 1.6 | `.pt`, `.pth`, `.th` |
///
/// Nothing in a file is ever executed.
public final class Weights {
  private Weights() {}

  /// Reads the named arrays of a file.
  ///
  /// @throws WeightFileException if it is truncated, corrupt, or of a kind that is not read
  public static StateDict read(Path file) throws IOException {
    if (!Files.exists(file)) {
      throw new NoSuchFileException(file.toString(), null, "there is no such file");
    }
    if (Files.isDirectory(file)) {
      throw new WeightFileException(file, "is a folder: name the weight file in it");
    }
    byte[] start = new byte[16];
    int length;
    try (InputStream in = Files.newInputStream(file)) {
      length = in.readNBytes(start, 0, start.length);
    }
    String magic = HexFormat.of().formatHex(start, 0, length);
    if (magic.startsWith("504b0304")) {
      return PyTorchZip.read(file);
    }
    if (magic.startsWith(PyTorchLegacy.MAGIC)) {
      return PyTorchLegacy.read(file);
    }
    if (file.getFileName().toString().endsWith(".index.json") || isSafeTensors(start, length)) {
      return SafeTensors.read(file);
    }
    throw new WeightFileException(
        file, "is " + guess(magic, length) + "; read are safetensors and"
            + " PyTorch's .pt, .pth and .th. Convert it to safetensors where it comes from");
  }

  /// Writes a network's state as safetensors, atomically.
  public static void write(Layer network, Path file) throws IOException {
    SafeTensors.write(file, StateDict.of(network));
  }

  /// A small length, then the opening of JSON.
  private static boolean isSafeTensors(byte[] start, int length) {
    return length > 8 && start[8] == '{' && start[7] == 0 && start[6] == 0 && start[5] == 0;
  }

  private static String guess(String magic, int length) {
    if (length == 0) {
      return "empty";
    }
    if (magic.startsWith("894844460d0a1a0a")) {
      return "HDF5 (Keras), which is not read yet";
    }
    if (magic.startsWith("12010000000000000000000000000000")) {
      return "an MXNet parameter file, which is not read yet";
    }
    if (magic.startsWith("1f8b")) {
      return "gzip: unpack it first";
    }
    if (magic.startsWith("80")) {
      return "a pickle, but not one that torch.save wrote";
    }
    return "of a kind that is not known (it begins with " + magic + ")";
  }
}

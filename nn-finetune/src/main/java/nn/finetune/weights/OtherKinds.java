package nn.finetune.weights;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.zip.ZipFile;

/// Says what a file is that is not read, so that its owner knows what to do.
final class OtherKinds {
  private static final String NOT_YET = ", which is not read yet";

  private OtherKinds() {}

  /// @param name of the file
  /// @param start its first bytes, as far as there are any
  /// @param end its last eight bytes, as far as there are any
  static String of(String name, byte[] start, byte[] end) {
    String magic = HexFormat.of().formatHex(start, 0, Math.min(16, start.length));
    String text = new String(start, StandardCharsets.ISO_8859_1);
    if (magic.isEmpty()) {
      return "empty";
    }
    if (magic.startsWith("894844460d0a1a0a")) {
      return "HDF5 (Keras)" + NOT_YET;
    }
    if (magic.startsWith("12010000000000000000000000000000")) {
      return "an MXNet parameter file" + NOT_YET;
    }
    if (HexFormat.of().formatHex(end).equals("57fb808b247547db")) {
      return "the index of a TensorFlow checkpoint" + NOT_YET;
    }
    if (name.matches(".*\\.data-\\d{5}-of-\\d{5}")) {
      return "the data of a TensorFlow checkpoint" + NOT_YET;
    }
    if (name.equals("saved_model.pb")) {
      return "a TensorFlow SavedModel" + NOT_YET;
    }
    if (name.endsWith(".onnx") || magic.matches("080[3-9a-f]12.*")) {
      return "ONNX" + NOT_YET;
    }
    if (text.startsWith("TFL3", 4)) {
      return "TensorFlow Lite" + NOT_YET;
    }
    if (text.startsWith("GGUF")) {
      return "GGUF" + NOT_YET;
    }
    if (text.startsWith("\u0093NUMPY")) {
      return "a single array of NumPy" + NOT_YET;
    }
    if (magic.startsWith("1f8b")) {
      return "gzip: unpack it first";
    }
    if (text.startsWith("version https://git-lfs")) {
      return "a pointer of Git LFS and not the file itself: get it with git lfs pull";
    }
    if (text.stripLeading().matches("(?is)<(!doctype|html|\\?xml).*")) {
      return "a web page: the download went wrong";
    }
    if (magic.startsWith("80")) {
      return "a pickle, but not one that torch.save wrote";
    }
    return "of a kind that is not known (it begins with " + magic + ")";
  }

  /// The same for a zip that PyTorch did not write, as the end of a sentence.
  static String ofZip(ZipFile zip) {
    if (zip.getEntry("model.weights.h5") != null) {
      return "is a model of Keras" + NOT_YET + ": save its weights as safetensors";
    }
    if (zip.stream().anyMatch(entry -> entry.getName().endsWith(".npy"))) {
      return "is arrays of NumPy (npz)" + NOT_YET + ": save them as safetensors";
    }
    return "is a zip, but not one that torch.save wrote: it has no data.pkl";
  }
}

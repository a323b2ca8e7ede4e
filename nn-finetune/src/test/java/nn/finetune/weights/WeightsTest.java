package nn.finetune.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.zip.ZipEntry;
import nn.layers.Layer;
import nn.layers.state.SafeTensors;
import nn.layers.state.StateDict;
import nn.layers.state.WeightFileException;
import nn.layers.zoo.ModelZoo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WeightsTest {
  @TempDir private Path folder;

  @Test
  void theKindIsToldFromTheFirstBytesAndNotFromTheName() throws IOException {
    MadeFile made =
        MadeFile.of(Pickle.start().op('}').text("x").floats("0", 2).op('s')).storage("0", 1, 2);
    Path safe = folder.resolve("safe.pt");
    Weights.write(ModelZoo.create("small-cnn", 2), safe);
    assertEquals(
        StateDict.of(ModelZoo.create("small-cnn", 2)).size(), Weights.read(safe).size());
    Path zip = Files.move(made.zipIn(folder), folder.resolve("zip.safetensors"));
    assertEquals(List.of("x"), Weights.read(zip).names());
    Path old = Files.move(made.legacyIn(folder), folder.resolve("old"));
    assertEquals(List.of("x"), Weights.read(old).names());
  }

  @Test
  void whatIsWrittenIsLoadedAgain() throws IOException {
    Layer network = ModelZoo.create("small-cnn", 2, new SplittableRandom(9));
    Path file = folder.resolve("x.safetensors");
    Weights.write(network, file);
    Layer other = ModelZoo.create("small-cnn", 2);
    Weights.read(file).into(other);
    String name = StateDict.of(network).names().getFirst();
    assertArrayEquals(
        StateDict.of(network).find(name).orElseThrow().toArray().array(),
        StateDict.of(other).find(name).orElseThrow().toArray().array());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|', value = {
          "'' | empty",
          "1f8b0800 | gzip: unpack it first",
          "80049500 | a pickle, but not one that torch.save wrote",
          "0000000000000000000057fb808b247547db | the index of a TensorFlow checkpoint, which is not read yet",
          "0808120770 | ONNX, which is not read yet",
          "2000000054464c33 | TensorFlow Lite, which is not read yet",
          "4747554603000000 | GGUF, which is not read yet",
          "934e554d50590100 | a single array of NumPy, which is not read yet",
          "76657273696f6e2068747470733a2f2f6769742d6c66732e6769746875622e636f6d | a pointer of Git LFS and not the file itself: get it with git lfs pull",
          "0a3c21444f43545950452068746d6c3e | a web page: the download went wrong",
          "3c48544d4c3e | a web page: the download went wrong",
          "3c3c3c3c3c | of a kind that is not known (it begins with 3c3c3c3c3c)",
          "616263 | of a kind that is not known (it begins with 616263)",
          "0200000000000000 | of a kind that is not known (it begins with 0200000000000000)",
          "ffffffffffffffff7b7d | of a kind that is not known (it begins with ffffffffffffffff7b7d)",
      })
  void aKindThatIsNotReadIsNamedWithWhatToDo(String start, String kind) throws IOException {
    Path file = Files.write(folder.resolve("x"), HexFormat.of().parseHex(start));
    assertEquals(
        file + ": is " + kind + "; read are safetensors and PyTorch's .pt, .pth and .th."
            + " Convert it to safetensors where it comes from",
        assertThrows(WeightFileException.class, () -> Weights.read(file)).getMessage());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|', value = {
          "keras3/functional.h5 | HDF5 (Keras)",
          "mxnet/legacy_ndarray.v0 | an MXNet parameter file",
          "tensorflow/functional.ckpt.index | the index of a TensorFlow checkpoint",
          "tensorflow/functional.ckpt.data-00000-of-00001 | the data of a TensorFlow checkpoint",
          "tensorflow/functional_savedmodel/saved_model.pb | a TensorFlow SavedModel",
      })
  void filesOfOtherFrameworksAreRecognised(String name, String kind) {
    Path file = SharedData.file(name);
    assertEquals(
        file + ": is " + kind + ", which is not read yet; read are safetensors and PyTorch's"
            + " .pt, .pth and .th. Convert it to safetensors where it comes from",
        assertThrows(WeightFileException.class, () -> Weights.read(file)).getMessage());
  }

  @Test
  void aSavedModelAndAModelOfKerasAreRecognised() {
    Path saved = SharedData.file("tensorflow/functional_savedmodel");
    assertEquals(
        saved + ": is a TensorFlow SavedModel, which is not read yet",
        assertThrows(WeightFileException.class, () -> Weights.read(saved)).getMessage());
    Path keras = SharedData.file("keras3/functional.keras");
    assertEquals(
        keras + ": is a model of Keras, which is not read yet: save its weights as safetensors",
        assertThrows(WeightFileException.class, () -> Weights.read(keras)).getMessage());
  }

  @Test
  void ofASafetensorsFileOnePartCanBeRead() throws IOException {
    Layer network = ModelZoo.create("small-cnn", 2);
    Path file = folder.resolve("x.safetensors");
    SafeTensors.write(file, StateDict.of(network).renamed(name -> "backbone." + name));
    assertEquals(
        Set.copyOf(StateDict.of(network).names()),
        Set.copyOf(Weights.read(file, "backbone").names()));
    assertEquals(
        file + ": has nothing under 'back'; its first name is "
            + Weights.read(file).names().getFirst(),
        assertThrows(WeightFileException.class, () -> Weights.read(file, "back")).getMessage());
    assertEquals(
        "the part's name is empty: read(file) reads all",
        assertThrows(IllegalArgumentException.class, () -> Weights.read(file, "")).getMessage());
  }

  @Test
  void aZipThatIsNoneOfPyTorchIsAnError() throws IOException {
    byte[] bytes = MadeFile.of(Pickle.start().op('N')).zip(ZipEntry.STORED);
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    Path file =
        Files.writeString(
            folder.resolve("x.pt"),
            text.replace("data.pkl", "data.txt"),
            StandardCharsets.ISO_8859_1);
    assertEquals(
        file + ": is a zip, but not one that torch.save wrote: it has no data.pkl",
        assertThrows(WeightFileException.class, () -> Weights.read(file)).getMessage());
  }

  @Test
  void aFolderIsAnError() {
    for (Path taken : List.of(folder, Path.of("/"))) {
      assertEquals(
          taken + ": is a folder: name the weight file in it",
          assertThrows(WeightFileException.class, () -> Weights.read(taken)).getMessage());
    }
  }

  @Test
  void aMissingFileIsAnErrorThatNamesIt() {
    Path file = folder.resolve("gone.pt");
    assertEquals(
        file + ": there is no such file",
        assertThrows(NoSuchFileException.class, () -> Weights.read(file)).getMessage());
  }
}

package nn.finetune.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.zip.ZipEntry;
import nn.layers.state.StateDict;
import nn.layers.state.StoredTensor;
import nn.layers.state.WeightFileException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// New and old files of PyTorch, made by hand.
@Timeout(30)
class PyTorchFilesTest {
  private static final float[] SIX = {0, 1, 2, 3, 4, 5};

  @TempDir private Path folder;

  private static Pickle dict() {
    return Pickle.start().op('}');
  }

  /// A map of one tensor `x` in a storage of six floats.
  private static MadeFile made(long offset, long[] extents, long[] strides) {
    return MadeFile
        .of(dict().text("x").tensor("FloatStorage", "0", 6, offset, extents, strides).op('s'))
        .storage("0", SIX);
  }

  private static float[] values(StateDict state, String name) throws IOException {
    return state.find(name).orElseThrow().toArray().array();
  }

  private static String problem(Path file) {
    String message = assertThrows(WeightFileException.class, () -> Weights.read(file)).getMessage();
    assertTrue(message.startsWith(file + ": "), message);
    return message.substring((file + ": ").length());
  }

  private static long[] longs(String numbers) {
    return numbers == null
        ? new long[0]
        : Arrays.stream(numbers.split(" ")).mapToLong(Long::parseLong).toArray();
  }

  @ParameterizedTest
  @CsvSource({
      "0, 2 3, 3 1, 0 1 2 3 4 5", // as it lies
      "0, 3 2, 1 3, 0 3 1 4 2 5", // transposed
      "0, 2 3, 1 2, 0 2 4 1 3 5",
      "1, 3, 2, 1 3 5", // every second one
      "4, 3, 0, 4 4 4", // one number, repeated
      "3, 2 2, 0 1, 3 4 3 4",
      "5, , , 5", // a scalar
      "2, 1 1, 99 -0, 2", // strides of single elements mean nothing
      "0, 0, 1, ",
      "99, 2 0 3, 7 7 7, ", // nothing lies anywhere
      "1, 2 2, 3 1, 1 2 4 5", // columns cut out
  })
  void aViewIsCutOutAlongItsStrides(long offset, String extents, String strides, String want)
      throws IOException {
    MadeFile made = made(offset, longs(extents), longs(strides));
    float[] numbers = new float[longs(want).length];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = longs(want)[i];
    }
    for (Path file : List.of(made.zipIn(folder), made.legacyIn(folder))) {
      StoredTensor x = Weights.read(file).find("x").orElseThrow();
      assertArrayEquals(longs(extents), x.extents());
      assertArrayEquals(numbers, x.toArray().array());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|', value = {
          "0 | 7 | 1 | tensor 'x' reaches to element 6 of a storage of 6: the file is truncated or corrupt",
          "5 | 2 | 1 | tensor 'x' reaches to element 6 of a storage of 6: the file is truncated or corrupt",
          "0 | 2 3 | 4 1 | tensor 'x' reaches to element 6 of a storage of 6: the file is truncated or corrupt",
          "-1 | 2 | 1 | tensor 'x' begins before its storage",
          "0 | -2 | 1 | tensor 'x' has a negative size or stride",
          "5 | 2 | -1 | tensor 'x' has a negative size or stride",
          "0 | 2 | 9223372036854775807 | tensor 'x' reaches to element 9223372036854775807 of a storage of 6: the file is truncated or corrupt",
          "1 | 2 | 9223372036854775807 | tensor 'x' has an impossible size",
          "0 | 3 | 9223372036854775807 | tensor 'x' has an impossible size",
          "0 | 4294967296 4294967296 | 0 0 | tensor 'x' has an impossible size",
          "0 | 1000000000000 | 0 | tensor 'x' repeats a small storage into 1000000000000 elements",
          "9223372036854775807 | 1 | 1 | tensor 'x' reaches to element 9223372036854775807 of a storage of 6: the file is truncated or corrupt",
      })
  void aViewThatLeavesItsStorageIsAnError(
      long offset, String extents, String strides, String problem) throws IOException {
    MadeFile made = made(offset, longs(extents), longs(strides));
    assertEquals(problem, problem(made.zipIn(folder)));
    assertEquals(problem, problem(made.legacyIn(folder)));
  }

  @Test
  void tensorsMayShareAStorage() throws IOException {
    Pickle pickle = dict().text("a").floats("0", 6).op('s');
    pickle.text("b").tensor("FloatStorage", "0", 6, 2, new long[] {2}, new long[] {1}).op('s');
    MadeFile made = MadeFile.of(pickle).storage("0", SIX);
    for (Path file : List.of(made.zipIn(folder), made.legacyIn(folder))) {
      assertArrayEquals(SIX, values(Weights.read(file), "a"));
      assertArrayEquals(new float[] {2, 3}, values(Weights.read(file), "b"));
    }
  }

  @Test
  void aFileOfABigEndianMachineHasTheSameNumbers() throws IOException {
    Pickle pickle = dict().text("a").floats("0", 6).op('s').text("b").floats("0", 6).op('s');
    MadeFile made = MadeFile.of(pickle).bigEndian().storage("0", SIX);
    for (Path file : List.of(made.zipIn(folder), made.legacyIn(folder))) {
      assertArrayEquals(SIX, values(Weights.read(file), "a"));
      assertArrayEquals(SIX, values(Weights.read(file), "b"));
    }
  }

  @Test
  void whatIsNestedHasItsPathAsName() throws IOException {
    Pickle pickle = dict().text("encoder").op('}').text("layers").op(']').floats("0", 6).ops("ass");
    MadeFile made = MadeFile.of(pickle.number(3).op('N').op('s')).storage("0", SIX);
    assertEquals(List.of("encoder.layers.0"), Weights.read(made.zipIn(folder)).names());
  }

  @Test
  void theWeightsOfACheckpointAreFoundUnderTheUsualNames() throws IOException {
    for (String name : List.of("state_dict", "model_state_dict", "model", "net")) {
      Pickle pickle = dict().text("epoch").number(3).op('s').text("params");
      pickle.op('}').text("rate").number(1).ops("ss").text("optimizer");
      pickle.op('}').text("momentum").floats("0", 6).ops("ss");
      pickle.text(name).op('}').text("x").floats("0", 6).ops("ss");
      MadeFile made = MadeFile.of(pickle).storage("0", SIX);
      assertEquals(List.of("x"), Weights.read(made.zipIn(folder)).names());
    }
  }

  @Test
  void ofSeveralSetsOfWeightsOneIsNamed() throws IOException {
    Pickle pickle = dict();
    for (String name : List.of("model", "state_dict", "model_ema")) {
      pickle.text(name).op('}').text("x").floats(name, 6).ops("ss");
    }
    MadeFile made = MadeFile.of(pickle);
    made.storage("model", SIX).storage("state_dict", SIX);
    made.storage("model_ema", 5, 4, 3, 2, 1, 0);
    for (Path file : List.of(made.zipIn(folder), made.legacyIn(folder))) {
      assertEquals(
          "the file holds several sets of weights: state_dict (1 tensors), model (1 tensors)."
              + " Say which: Weights.read(file, \"state_dict\")",
          problem(file));
      assertArrayEquals(SIX, values(Weights.read(file, "model"), "x"));
      assertEquals(5, values(Weights.read(file, "model_ema"), "x")[0]);
      assertEquals(
          file + ": the file has no part 'modle'; it has model, state_dict, model_ema",
          assertThrows(WeightFileException.class, () -> Weights.read(file, "modle"))
              .getMessage());
    }
  }

  @Test
  void anOptimizersStorageIsNotRead() throws IOException {
    Pickle pickle = dict().text("state_dict").op('}').text("x").floats("0", 6).ops("ss");
    pickle.text("optimizer").op('}').text("momentum").floats("gone", 6).ops("ss");
    Path file = MadeFile.of(pickle).storage("0", SIX).zipIn(folder);
    assertEquals(List.of("x"), Weights.read(file).names());
  }

  @Test
  void aParameterOfTheOldKindIsItsTensor() throws IOException {
    Pickle pickle = dict().text("x").global("torch.nn.parameter", "Parameter").floats("0", 6);
    pickle.op(0x85, 'R').op('(', 0x88, 0x89, '}').ops("tbs"); // requires_grad, volatile, hooks
    MadeFile made = MadeFile.of(pickle).storage("0", SIX);
    assertArrayEquals(SIX, values(Weights.read(made.legacyIn(folder)), "x"));
  }

  @Test
  void twoTensorsOfOneNameAreAnError() throws IOException {
    Pickle pickle = dict().text("a.b").floats("0", 6).op('s');
    pickle.text("a").op('}').text("b").floats("0", 6).ops("ss");
    assertEquals(
        "the file has two tensors named 'a.b'",
        problem(MadeFile.of(pickle).storage("0", SIX).zipIn(folder)));
  }

  @Test
  void aFileWithoutTensorsIsAnError() throws IOException {
    assertEquals(
        "the file holds no tensors; save model.state_dict()",
        problem(MadeFile.of(dict()).zipIn(folder)));
  }

  @Test
  void aListOrMapThatContainsItselfIsAnErrorAtOnce() throws IOException {
    String want = "the file's values are nested too deeply, or refer to each other too often";
    Pickle list = Pickle.start().op(']', 'q', 0, 'h', 0, 'a');
    assertEquals(want, problem(MadeFile.of(list).zipIn(folder)));
    Pickle map = dict().op('q', 0).text("me").op('h', 0, 's');
    assertEquals(want, problem(MadeFile.of(map).zipIn(folder)));
    assertEquals(want, problem(MadeFile.of(map).legacyIn(folder)));
    Pickle both = Pickle.start().op(']', 'q', 0, '}', 'q', 1).text("a").op('h', 0, 's', 'a');
    assertEquals(want, problem(MadeFile.of(both).zipIn(folder)));
  }

  @Test
  void aListThatDoublesThirtyTimesIsAnErrorAtOnce() throws IOException {
    Pickle pickle = Pickle.start().op(']');
    for (int i = 0; i < 30; i++) {
      pickle.op('q', i, ']', 'h', i, 'a', 'h', i, 'a');
    }
    assertEquals(
        "the file's values are nested too deeply, or refer to each other too often",
        problem(MadeFile.of(pickle).zipIn(folder)));
  }

  @Test
  void oldKeysThatContainEachOtherAreAnErrorAtOnce() throws IOException {
    byte[] start = MadeFile.of(dict().text("x").floats("0", 6).op('s')).legacy();
    byte[] end = Pickle.start().op(']', '(').op('e').stop();
    byte[] head = Arrays.copyOf(start, start.length - end.length);
    byte[] cycle =
        Pickle.start().op(']', 'q', 0, ']', 'q', 1, 'h', 0, 'a', 'h', 1, 'a').stop();
    byte[] all = Arrays.copyOf(head, head.length + cycle.length);
    System.arraycopy(cycle, 0, all, head.length, cycle.length);
    Path file = Files.write(folder.resolve("cycle.pt"), all);
    assertEquals("the list of its storages has what is not a string", problem(file));
  }

  @Test
  void manyCopiesOfOneStorageAreAnErrorBeforeMemoryIsTaken() throws IOException {
    int side = 1000;
    Pickle strided = Pickle.start().op(']', '(');
    for (int i = 0; i < 1000; i++) {
      strided.tensor(
          "FloatStorage", "0", side * side, 0, new long[] {side, side},
          new long[] {1, side});
    }
    MadeFile made = MadeFile.of(strided.op('e')).storage("0", new float[side * side]);
    assertEquals(
        "its tensors, up to '20', are far larger together than what is stored: save clones of them",
        problem(made.zipIn(folder)));
    Pickle tied = Pickle.start().op(']', '(');
    for (int i = 0; i < 200; i++) {
      tied.floats("0", side * side);
    }
    assertEquals(
        "its tensors, up to '116', are far larger together than what is stored: save clones of them",
        problem(MadeFile.of(tied.op('e')).storage("0", new float[side * side]).zipIn(folder)));
  }

  @Test
  void namesThatGrowByNestingAreAnError() throws IOException {
    Pickle pickle = Pickle.start().floats("0", 6);
    for (int i = 0; i < 5; i++) {
      pickle.op('q', i, '}').text("k".repeat(900)).op('h', i, 's');
    }
    assertEquals(
        "the file has a name longer than 2000 letters",
        problem(MadeFile.of(pickle).storage("0", SIX).zipIn(folder)));
  }

  @Test
  void aStorageThatIsMissingOrTooShortOrOfTwoKindsIsAnError() throws IOException {
    Pickle missing = dict().text("x").floats("1", 6).op('s');
    assertEquals(
        "tensor 'x' lies in storage 1, which is missing",
        problem(MadeFile.of(missing).storage("0", SIX).zipIn(folder)));
    Pickle shorter =
        dict().text("x").tensor("FloatStorage", "0", 7, 0, new long[] {2}, new long[] {1}).op('s');
    assertEquals(
        "storage 0 should have 7 numbers, but has 6: the file is truncated",
        problem(MadeFile.of(shorter).storage("0", SIX).zipIn(folder)));
    Pickle kinds = dict().text("x").floats("0", 6).op('s').text("y");
    kinds.tensor("IntStorage", "0", 6, 0, new long[] {2}, new long[] {1}).op('s');
    assertEquals(
        "storage 0 holds F32 and, as tensor 'y' has it, I32: the file is corrupt",
        problem(MadeFile.of(kinds).storage("0", SIX).zipIn(folder)));
  }

  @Test
  void compressedEntriesAreRefused() throws IOException {
    byte[] bytes =
        MadeFile.of(dict().text("x").floats("0", 6).op('s')).storage("0", SIX)
            .zip(ZipEntry.DEFLATED);
    assertEquals(
        "has a compressed entry made/data.pkl: torch.save does not compress",
        problem(Files.write(folder.resolve("x.pt"), bytes)));
  }

  @Test
  void aTorchScriptProgramIsNamed() throws IOException {
    MadeFile script = MadeFile.of(dict()).entry("constants.pkl", "").entry("code/model.py", "x");
    assertEquals(
        "is a TorchScript program, not weights: save model.state_dict() with torch.save instead",
        problem(script.zipIn(folder)));
  }

  @Test
  void anyForbiddenNameIsRefusedInBothForms() throws IOException {
    Pickle evil = Pickle.start().global("os", "system").op('(').text("touch x").ops("tR");
    String want =
        "the pickle names 'os.system', which weights do not need; nothing was executed."
            + " Save the state dict alone: torch.save(model.state_dict(), file)";
    assertEquals(want, problem(MadeFile.of(evil).zipIn(folder)));
    assertEquals(want, problem(MadeFile.of(evil).legacyIn(folder)));
  }

  @Test
  void aFileThatEndsTooEarlyIsAnErrorWhereverItEnds() throws IOException {
    MadeFile made = MadeFile.of(dict().text("x").floats("0", 6).op('s')).storage("0", SIX);
    Path file = folder.resolve("short.pt");
    for (byte[] whole : List.of(made.legacy(), made.zip(ZipEntry.STORED))) {
      for (int length = whole.length - 1; length >= 0; length--) {
        MadeFile.overwrite(file, Arrays.copyOf(whole, length));
        problem(file);
      }
    }
  }

  @Test
  void flippedBytesGiveTheTypedErrorOrAStateThatCanBeRead() throws IOException {
    Pickle pickle = dict().text("x").floats("0", 6).op('s').text("y");
    pickle.tensor("FloatStorage", "1", 4, 0, new long[] {2, 2}, new long[] {1, 2}).op('s');
    MadeFile made = MadeFile.of(pickle).storage("0", SIX).storage("1", 6, 7, 8, 9);
    Flips.of(made.legacy(), folder.resolve("old.pt"), 2000, new SplittableRandom(1));
    Flips.of(made.zip(ZipEntry.STORED), folder.resolve("new.pt"), 2000, new SplittableRandom(2));
  }
}

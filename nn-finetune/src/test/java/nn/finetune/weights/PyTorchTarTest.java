package nn.finetune.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import nn.layers.state.StateDict;
import nn.layers.state.WeightFileException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The oldest files of PyTorch, tars, made by hand.
@Timeout(20)
class PyTorchTarTest {
  private static final long STORAGE = 140_000_000_000_001L; // keys were addresses
  private static final long VIEW = 140_000_000_000_002L;
  private static final long WEIGHT = 140_000_000_000_003L;
  private static final long BIAS = 140_000_000_000_004L;
  private static final long EMPTY = 140_000_000_000_005L;

  @TempDir private Path folder;

  /// `fc.weight` and `fc.bias`, by the names of their tensors.
  private static Pickle object() {
    return Pickle.start().op('}').text("fc.weight").text("" + WEIGHT).ops("Qs").text("fc.bias")
        .text("" + BIAS).ops("Qs");
  }

  /// A storage of six floats, and a view of its second half.
  private static byte[] storages() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(Pickle.start().number(1).stop());
    Pickle facts = Pickle.start().op('(').number(STORAGE).text("cpu");
    out.writeBytes(facts.global("torch", "FloatStorage").op('t').stop());
    ByteBuffer numbers = bytes(8 + 6 * 4).putLong(6);
    for (int i = 0; i < 6; i++) {
      numbers.putFloat(i);
    }
    out.writeBytes(numbers.array());
    out.writeBytes(Pickle.start().op(']').tuple(VIEW, STORAGE, 3, 3).op('a').stop());
    return out.toByteArray();
  }

  /// The weight is all of the storage, transposed; the bias the last two of the view; the third was never filled.
  private static byte[] tensors(int rank) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(Pickle.start().number(3).stop());
    out.writeBytes(tensor(WEIGHT).number(STORAGE).global("torch", "FloatTensor").op('t').stop());
    out.writeBytes(
        bytes(48).putInt(rank).putInt(99).putLong(3).putLong(2).putLong(1).putLong(3).putLong(0)
            .array());
    out.writeBytes(tensor(BIAS).number(VIEW).global("torch", "FloatTensor").op('t').stop());
    out.writeBytes(bytes(32).putInt(1).putInt(0).putLong(2).putLong(1).putLong(1).array());
    out.writeBytes(tensor(EMPTY).op('N').global("torch.cuda", "FloatTensor").op('t').stop());
    out.writeBytes(bytes(16).array());
    return out.toByteArray();
  }

  private static Pickle tensor(long key) {
    return Pickle.start().op('(').number(key);
  }

  private static ByteBuffer bytes(int count) {
    return ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static byte[] tar(Pickle object, byte[] tensors, byte[] storages) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    entry(out, "sys_info", Pickle.start().op('}').stop());
    entry(out, "pickle", object.stop());
    entry(out, "tensors", tensors);
    entry(out, "storages", storages);
    out.writeBytes(new byte[1024]);
    return out.toByteArray();
  }

  private static void entry(ByteArrayOutputStream tar, String name, byte[] content) {
    ByteBuffer header = ByteBuffer.allocate(512);
    header.put(name.getBytes(StandardCharsets.UTF_8));
    header.put(124, "%011o".formatted(content.length).getBytes(StandardCharsets.UTF_8));
    header.put(257, "ustar\00000".getBytes(StandardCharsets.UTF_8));
    tar.writeBytes(header.array());
    tar.writeBytes(Arrays.copyOf(content, (content.length + 511) / 512 * 512));
  }

  private Path file(byte[] bytes) throws IOException {
    return Files.write(folder.resolve("alexnet.pth"), bytes);
  }

  private static String problem(Path file) {
    String message = assertThrows(WeightFileException.class, () -> Weights.read(file)).getMessage();
    assertTrue(message.startsWith(file + ": "), message);
    return message.substring((file + ": ").length());
  }

  @Test
  void tensorsAreCutOutOfStoragesAndOfViewsOfThem() throws IOException {
    StateDict state = Weights.read(file(tar(object(), tensors(2), storages())));
    assertEquals(List.of("fc.weight", "fc.bias"), state.names());
    assertArrayEquals(new long[] {3, 2}, state.find("fc.weight").orElseThrow().extents());
    assertArrayEquals(
        new float[] {0, 3, 1, 4, 2, 5}, state.find("fc.weight").orElseThrow().toArray().array());
    assertArrayEquals(
        new float[] {4, 5}, state.find("fc.bias").orElseThrow().toArray().array());
  }

  @Test
  void aTensorThatIsNotThereIsAnError() throws IOException {
    for (long key : new long[] {EMPTY, 7}) {
      Pickle pickle = Pickle.start().op('}').text("x").text("" + key).ops("Qs");
      assertEquals(
          "it is corrupt: it refers to " + key + ", which is not there",
          problem(file(tar(pickle, tensors(2), storages()))));
    }
  }

  @Test
  void aRankThatCannotBeIsAnError() throws IOException {
    for (int rank : new int[] {-1, 65, Integer.MAX_VALUE}) {
      assertEquals(
          "it is corrupt: a tensor of rank " + rank,
          problem(file(tar(object(), tensors(rank), storages()))));
    }
  }

  @Test
  void anotherTarIsAnError() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    entry(out, "photo.jpg", new byte[700]);
    assertEquals(
        "it is a tar, but not one that torch.save wrote: it has no 'storages'",
        problem(file(out.toByteArray())));
  }

  @Test
  void aForbiddenNameIsRefused() throws IOException {
    Pickle evil = Pickle.start().global("os", "system").op('(').text("touch x").ops("tR");
    assertTrue(
        problem(file(tar(evil, tensors(2), storages())))
            .startsWith("the pickle names 'os.system', which weights do not need;"));
  }

  @Test
  void aFileThatEndsTooEarlyIsAnErrorWhereverItEnds() throws IOException {
    byte[] whole = tar(object(), tensors(2), storages());
    Path file = file(whole);
    int content = whole.length - 1024 - 512 + storages().length % 512; // what follows is padding
    for (int length = content - 1; length >= 0; length--) {
      MadeFile.overwrite(file, Arrays.copyOf(whole, length));
      problem(file);
    }
  }

  @Test
  void flippedBytesGiveTheTypedErrorOrAStateThatCanBeRead() throws IOException {
    Path file = file(new byte[0]);
    Flips.of(tar(object(), tensors(2), storages()), file, 2000, new SplittableRandom(3));
  }
}

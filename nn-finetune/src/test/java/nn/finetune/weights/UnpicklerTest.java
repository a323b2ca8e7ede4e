package nn.finetune.weights;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import nn.finetune.weights.Pickled.None;
import nn.finetune.weights.Pickled.View;
import nn.finetune.weights.Unpickler.Refusal;
import nn.layers.state.DType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(20)
class UnpicklerTest {
  private static String refusal(Pickle pickle) {
    return assertThrows(Refusal.class, () -> Unpickler.read(pickle.buffer())).getMessage();
  }

  @Test
  void plainValuesAreReadAsWhatTheyAre() {
    Pickle pickle = Pickle.start().op('(', 'N', 0x88, 0x89, 'K', 200, 'M', 0xff, 0xff);
    pickle.number(-5).number(1L << 40).op('G', 0x3f, 0xf8, 0, 0, 0, 0, 0, 0).text("ü");
    pickle.op(0x8c, 1, 'a', 'U', 1, 'b', 't');
    assertEquals(
        List.of(None.NONE, true, false, 200L, 65535L, -5L, 1L << 40, 1.5, "ü", "a", "b"),
        Unpickler.read(pickle.buffer()));
  }

  @Test
  void numbersInDigitsAreReadAsPythonTwoWroteThem() {
    Pickle pickle = Pickle.start().ops("(I140234567890123\nI-7\nI00\nI01\nt");
    assertEquals(List.of(140234567890123L, -7L, false, true), Unpickler.read(pickle.buffer()));
    for (String none : List.of("", "x", "1e3", "9223372036854775808", " 1")) {
      assertEquals(
          "the pickle is corrupt: a number that is none, or too large",
          refusal(Pickle.start().ops("I" + none + "\n")));
    }
  }

  @Test
  void aNumberBeyondSixtyFourBitsKeepsAllOfThem() {
    Pickle pickle = Pickle.start().op(0x8a, 9, 1, 0, 0, 0, 0, 0, 0, 0, 1);
    assertEquals(
        BigInteger.ONE.shiftLeft(64).add(BigInteger.ONE), Unpickler.read(pickle.buffer()));
    assertEquals(0L, Unpickler.read(Pickle.start().op(0x8a, 0).buffer()));
    assertEquals(-1L, Unpickler.read(Pickle.start().op(0x8a, 1, 255).buffer()));
  }

  @Test
  void listsAndMapsAreFilledOneByOneOrAtOnce() {
    Pickle pickle = Pickle.start().op(']').number(1).op('a', '(').number(2).number(3).op('e');
    assertEquals(List.of(1L, 2L, 3L), Unpickler.read(pickle.buffer()));
    Pickle map = Pickle.start().op('}').text("a").number(1).op('s', '(');
    map.text("b").number(2).number(7).number(3).op('u');
    assertEquals(Map.of("a", 1L, "b", 2L, "7", 3L), Unpickler.read(map.buffer()));
    Pickle ordered = Pickle.start().global("collections", "OrderedDict");
    ordered.op('(', ']', '(', '(').text("a").number(1).op('t', 'e', 't', 'R');
    assertEquals(Map.of("a", 1L), Unpickler.read(ordered.buffer()));
  }

  @Test
  void theMemoGivesTheSameValueAgain() {
    Pickle pickle = Pickle.start().op('(', ']', 'q', 3, 'h', 3).number(1).op('a', 't');
    assertEquals(List.of(List.of(1L), List.of(1L)), Unpickler.read(pickle.buffer()));
    Pickle wide = Pickle.start().op('(').text("a").op('r').int32(70_000).op('j').int32(70_000);
    assertEquals(List.of("a", "a"), Unpickler.read(wide.op('t').buffer()));
    Pickle counted = Pickle.start().op('(').text("a").op(0x94, 'h', 0, 't');
    assertEquals(List.of("a", "a"), Unpickler.read(counted.buffer()));
  }

  @Test
  void aTensorIsAViewOfAStorage() {
    Pickle pickle =
        Pickle.start()
            .tensor("HalfStorage", "7", 12, 2, new long[] {2, 3}, new long[] {1, 2});
    View view = (View) Unpickler.read(pickle.buffer());
    assertEquals(new Pickled.Storage(DType.F16, "7", 0, 12), view.storage());
    assertEquals(2, view.offset());
    assertEquals(
        "[2, 3] [1, 2]",
        Arrays.toString(view.extents()) + " " + Arrays.toString(view.strides()));
  }

  @ParameterizedTest
  @CsvSource({
      "os, system", "posix, system", "builtins, eval", "__builtin__, eval", "subprocess, Popen",
      "torch, load", "torch.storage, _load_from_bytes", "collections, OrderedDict.fromkeys",
      "numpy.core.multiarray, _reconstruct",
  })
  void aNameThatWeightsDoNotNeedIsNamedAndNothingRuns(String module, String name) {
    String want =
        "the pickle names '" + module + "." + name + "', which weights do not need; nothing was"
            + " executed. Save the state dict alone: torch.save(model.state_dict(), file)";
    assertEquals(
        want, refusal(Pickle.start().global(module, name).op('(').text("touch x").ops("tR")));
    assertEquals(want, refusal(Pickle.start().text(module).text(name).op(0x93)));
  }

  @Test
  void onlyTheKnownCallsAreMade() {
    assertEquals(
        "the pickle calls 'torch.FloatStorage'",
        refusal(Pickle.start().global("torch", "FloatStorage").ops(")R")));
    assertEquals(
        "the pickle is corrupt: it calls what is not a name",
        refusal(Pickle.start().text("os.system").ops(")R")));
  }

  @Test
  void anOpcodeThatWeightsDoNotNeedIsNamedWithItsPlace() {
    assertEquals(
        "the pickle's opcode 0x69 at byte 2 is not one that weights need",
        refusal(Pickle.start().ops("ios\nsystem\n")));
    assertEquals(
        "the pickle's opcode 0x82 at byte 3 is not one that weights need",
        refusal(Pickle.start().op('N', 0x82, 1)));
    assertEquals("pickles of protocol 9 are not read", refusal(new Pickle().op(0x80, 9)));
  }

  @Test
  void everyOpcodeAloneGivesAValueOrARefusal() {
    for (int opcode = 0; opcode < 256; opcode++) {
      for (int depth = 0; depth < 4; depth++) {
        Pickle pickle = Pickle.start().ops("N".repeat(depth)).op(opcode, 0, 0, 0, 0, 0, 0, 0, 0);
        try {
          Unpickler.read(pickle.buffer());
        } catch (Refusal e) {
          assertTrue(e.getMessage().contains("pickle"), e.getMessage());
        }
      }
    }
  }

  @Test
  void aPickleThatEndsTooEarlyIsRefusedWhereverItEnds() {
    Pickle pickle = Pickle.start().op('}', '(').text("fc.weight").floats("0", 3);
    byte[] whole = pickle.text("epoch").op('K', 3, 'u').stop();
    for (int length = 0; length < whole.length; length++) {
      ByteBuffer cut = ByteBuffer.wrap(whole, 0, length);
      String message = assertThrows(Refusal.class, () -> Unpickler.read(cut)).getMessage();
      assertTrue(message.startsWith("the pickle is truncated at byte "), message);
    }
  }

  @Test
  void hugeLengthsAreRefusedBeforeMemoryIsTaken() {
    for (int opcode : new int[] {'X', 'T'}) {
      for (int length : new int[] {-1, Integer.MIN_VALUE, Integer.MAX_VALUE, 100}) {
        assertTrue(
            refusal(Pickle.start().op(opcode).int32(length)).startsWith("the pickle is truncated"));
      }
    }
    assertEquals(
        "the pickle has a name longer than 1000 letters",
        refusal(Pickle.start().ops("c" + "x".repeat(5000))));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|', value = {
          "h! | it refers to 33, which is not there",
          "a | its stack is empty at byte 3",
          "t | its stack is empty at byte 3",
          "q! | its stack is empty at byte 4",
          "NNs | its stack is empty at byte 5",
          "NNNs | it sets items of what is not a map",
          "}(Nu | it sets items of what is not a map",
          "NNa | it appends to what is not a list",
          ")Na | it appends to what is not a list",
          "NNR | arguments should be a tuple",
          "NQ | a persistent id should be a tuple",
      })
  void aStackThatDoesNotFitIsRefused(String ops, String problem) {
    assertEquals("the pickle is corrupt: " + problem, refusal(Pickle.start().ops(ops)));
  }

  @Test
  void theBottomOfAGroupIsNoValueOfAKey() {
    assertEquals(
        "the pickle has a map whose key is not a string or a number",
        refusal(Pickle.start().ops("}((Nts")));
    assertEquals(
        "the pickle has a map whose key is not a string or a number",
        refusal(Pickle.start().ops("}]Ns")));
    assertEquals(
        "the pickle has a map with the key 'a' twice",
        refusal(Pickle.start().ops("}(").text("a").op('N').text("a").ops("Nu")));
    assertEquals(
        "the pickle has a map with a key longer than 1000 letters",
        refusal(Pickle.start().op('}').text("a".repeat(1001)).ops("Ns")));
  }

  @Test
  void whatIsNoStorageIsRefused() {
    assertEquals(
        "the pickle refers to something outside that is not a storage",
        refusal(Pickle.start().op('(').text("module").ops("NNNNtQ")));
    Pickle other = Pickle.start().op('(').text("storage").global("collections", "OrderedDict");
    assertEquals(
        "the pickle has a storage of the kind 'collections.OrderedDict', which is not known",
        refusal(other.text("0").text("cpu").number(1).ops("tQ")));
    assertEquals(
        "the pickle is corrupt: a storage of negative size",
        refusal(Pickle.start().storage("FloatStorage", "0", -1)));
  }

  @Test
  void aTensorWhoseSizeAndStrideDoNotFitIsRefused() {
    assertEquals(
        "the pickle is corrupt: a tensor's size and stride do not fit",
        refusal(
            Pickle.start()
                .tensor("FloatStorage", "0", 1, 0, new long[] {1}, new long[] {1, 1})));
    assertEquals(
        "the pickle is corrupt: a tensor of rank 65",
        refusal(
            Pickle.start().tensor("FloatStorage", "0", 1, 0, new long[65], new long[65])));
  }

  @Test
  void aSmallPickleThatAsksForALotOfWorkIsRefused() {
    Pickle items = Pickle.start().op(']', 'q', 0, '(');
    for (int i = 0; i < 50_000; i++) {
      items.op('(').text("k" + i).op('N', 't');
    }
    items.op('e');
    for (int i = 0; i < 50_000; i++) {
      items.global("collections", "OrderedDict").op('h', 0, 0x85, 'R', '0');
    }
    assertTrue(refusal(items).startsWith("the pickle takes more than 4000000 steps: it holds"));
    assertTrue(refusal(Pickle.start().ops("]".repeat(4_100_000))).startsWith("the pickle takes"));
  }

  @Test
  void flippedBytesGiveAValueOrARefusal() {
    Pickle pickle = Pickle.start().op('}', 'q', 0, '(').text("fc.weight").floats("0", 3);
    byte[] whole = pickle.text("epoch").op('K', 3, 'u').stop();
    SplittableRandom random = new SplittableRandom(3);
    int refused = 0;
    for (int trial = 0; trial < 20_000; trial++) {
      byte[] flipped = whole.clone();
      for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
        flipped[random.nextInt(whole.length)] = (byte) random.nextInt(256);
      }
      try {
        Unpickler.read(ByteBuffer.wrap(flipped));
      } catch (Refusal e) {
        refused++;
      }
    }
    assertTrue(refused > 10_000, refused + " of 20000 were refused");
  }
}

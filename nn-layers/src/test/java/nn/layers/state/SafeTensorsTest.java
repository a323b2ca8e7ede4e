package nn.layers.state;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import nn.core.NdArray;
import nn.core.Shape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class SafeTensorsTest {
  @TempDir private Path folder;

  /// Bytes by hand, and the numbers that they are.
  @ParameterizedTest
  @CsvSource({
      "F64, 000000000000f83f 00000000000000c0, 1.5 -2",
      "F32, 0000c03f 000000c0 000080ff 01000000, 1.5 -2 -Infinity 1.4e-45",
      "F16, 003e 00c0 007c 0100 ff7b, 1.5 -2 Infinity 5.9604645e-8 65504",
      "BF16, c03f 00c0 80ff 807f, 1.5 -2 -Infinity Infinity",
      "F8_E4M3, 38 c0 7e 01 7f 80, 1 -2 448 0.001953125 NaN -0",
      "F8_E5M2, 3c c0 7b 01 7c 7e, 1 -2 57344 1.52587890625e-5 Infinity NaN",
      "I64, feffffffffffffff 0500000000000000, -2 5",
      "I32, feffffff 05000000, -2 5",
      "I16, feff 0500, -2 5",
      "I8, fe 05, -2 5",
      "U64, 0000000000000080 0500000000000000, 9223372036854775808 5",
      "U32, feffffff 05000000, 4294967294 5",
      "U16, feff 0500, 65534 5",
      "U8, fe 05, 254 5",
      "BOOL, 00 01 02, 0 1 1",
  })
  void everyKindOfNumberIsRead(String dtype, String hex, String numbers) throws IOException {
    byte[] data = HexFormat.of().parseHex(hex.replace(" ", ""));
    float[] want = floats(numbers);
    Path file =
        HandMade.file(
            folder,
            "{" + HandMade.entry("x", dtype, "[" + want.length + "]", 0, data.length) + "}",
            data);
    StoredTensor tensor = SafeTensors.read(file).find("x").orElseThrow();
    assertArrayEquals(want, tensor.toArray().array());
    assertEquals("x " + dtype + "[" + want.length + "]", tensor.toString());
  }

  private static float[] floats(String numbers) {
    String[] words = numbers.split(" ");
    float[] values = new float[words.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) Double.parseDouble(words[i]);
    }
    return values;
  }

  @ParameterizedTest
  @CsvSource({
      "F32, 1.5 -2 0.1 3.4e38, 1.5 -2 0.1 3.4e38",
      "F16, 1.5 -2 0.1 65504, 1.5 -2 0.0999755859375 65504",
      // ties go to the even neighbour
      "BF16, 1.5 -2 1.00390625 1.01171875 NaN Infinity, 1.5 -2 1 1.015625 NaN Infinity",
      "I64, 3 -7 16777216, 3 -7 16777216",
  })
  void theKindsThatAreWrittenRoundToTheNearest(DType dtype, String numbers, String stored)
      throws IOException {
    Path file = folder.resolve("x.safetensors");
    NdArray values = NdArray.vector(floats(numbers));
    SafeTensors.write(file, HandMade.state(StoredTensor.of("x", dtype, values)));
    StoredTensor read = SafeTensors.read(file).find("x").orElseThrow();
    assertEquals(dtype, read.dtype());
    assertArrayEquals(floats(stored), read.toArray().array());
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class, names = {"F32", "F16", "BF16", "I64"}, mode = EnumSource.Mode.EXCLUDE)
  void otherKindsAreNotWritten(DType dtype) {
    assertEquals(
        dtype + " is not written; choose F32, F16 or BF16",
        assertThrows(
            IllegalArgumentException.class,
            () -> StoredTensor.of("x", dtype, NdArray.vector(1f))).getMessage());
  }

  @Test
  void aNumberTooLargeForTheKindIsAnErrorAndNotInfinity() {
    assertEquals(
        "fc.bias holds 65520.0, which is too large for F16: choose F32 or BF16",
        assertThrows(
            IllegalArgumentException.class,
            () -> StoredTensor.of("fc.bias", DType.F16, NdArray.vector(1f, 65520f))).getMessage());
    assertEquals(
        "x holds 3.4028235E38, which is too large for BF16: choose F32",
        assertThrows(
            IllegalArgumentException.class,
            () -> StoredTensor.of("x", DType.BF16, NdArray.vector(Float.MAX_VALUE))).getMessage());
  }

  @Test
  void whatIsWrittenIsReadBackWhateverTheShapes() throws IOException {
    SplittableRandom random = new SplittableRandom(5);
    Path file = folder.resolve("x.safetensors");
    for (int trial = 0; trial < 40; trial++) {
      List<StoredTensor> tensors = new ArrayList<>();
      List<NdArray> arrays = new ArrayList<>();
      for (int i = random.nextInt(5); i >= 0; i--) {
        int[] extents = random.ints(random.nextInt(5), 0, 5).toArray(); // [] is a scalar, 0 is empty
        NdArray array = NdArray.normal(Shape.of(extents), 1f, random);
        arrays.add(array);
        tensors.add(StoredTensor.of("tensor" + tensors.size(), DType.F32, array));
      }
      SafeTensors.write(file, new StateDict(tensors, Map.of()));
      StateDict read = SafeTensors.read(file);
      assertEquals(tensors.size(), read.size());
      for (int i = 0; i < arrays.size(); i++) {
        NdArray array = read.find("tensor" + i).orElseThrow().toArray();
        assertEquals(arrays.get(i).shape(), array.shape());
        assertArrayEquals(arrays.get(i).array(), array.array());
      }
    }
  }

  @Test
  void aTensorLargerThanOneReadIsReadWhole() throws IOException {
    Path file = folder.resolve("x.safetensors");
    NdArray large = NdArray.normal(Shape.of(3, 100_001), 1f, new SplittableRandom(1));
    SafeTensors.write(
        file, HandMade.state(HandMade.vector("a", 1), StoredTensor.of("b", DType.F32, large)));
    StoredTensor read = SafeTensors.read(file).find("b").orElseThrow();
    assertArrayEquals(large.array(), read.toArray().array());
    assertEquals(Sha256.of(large), read.sha256());
  }

  @Test
  void thirtyTwoBitFloatsKeepEveryBitAlsoWhereTheyAreNoNumber() throws IOException {
    int[] bits = {0x7fc00000, 0xffc12345, 0x7f800001, 0x80000000, 0x00000001, 0x7f7fffff};
    ByteBuffer data = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN);
    data.asIntBuffer().put(bits);
    String header = "{" + HandMade.entry("x", "F32", "[6]", 0, 24) + "}";
    Path file = HandMade.file(folder, header, data.array());
    float[] values = SafeTensors.read(file).find("x").orElseThrow().toArray().array();
    for (int i = 0; i < bits.length; i++) {
      assertEquals(bits[i], Float.floatToRawIntBits(values[i]));
    }
  }

  @Test
  void theSameStateGivesTheSameBytes() throws IOException {
    Path a = folder.resolve("a.safetensors");
    Path b = folder.resolve("b.safetensors");
    StateDict state = HandMade.state(HandMade.vector("x", 1, 2), HandMade.vector("y", 3));
    SafeTensors.write(a, state.withMetadata(Map.of("one", "1", "two", "2", "three", "3")));
    SafeTensors.write(b, state.withMetadata(Map.of("three", "3", "two", "2", "one", "1")));
    assertArrayEquals(Files.readAllBytes(a), Files.readAllBytes(b));
    SafeTensors.write(b, SafeTensors.read(a));
    assertArrayEquals(Files.readAllBytes(a), Files.readAllBytes(b));
  }

  @Test
  void everyNumberThatIsWrittenIsAligned() throws IOException {
    Path file = folder.resolve("x.safetensors");
    StoredTensor half = StoredTensor.of("half", DType.F16, NdArray.vector(1f, 2f, 3f));
    StoredTensor count = StoredTensor.of("count", DType.I64, NdArray.vector(7f));
    SafeTensors.write(file, HandMade.state(half, HandMade.vector("x", 1), count));
    byte[] bytes = Files.readAllBytes(file);
    long header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
    assertEquals(0, header % 8);
    assertEquals(List.of("count", "x", "half"), SafeTensors.read(file).names());
    assertEquals(7, bytes[(int) (8 + header)]);
  }

  @Test
  void aHeaderThatIsNotPaddedIsRead() throws IOException {
    String header = "{" + HandMade.entry("x", "F32", "[1]", 0, 4) + "}";
    for (String padded : List.of(header, header + " ", header + "  ", "{ " + header.substring(1))) {
      Path file = HandMade.file(folder, padded, (byte) 0, (byte) 0, (byte) 0xc0, (byte) 0x3f);
      assertEquals(1.5f, SafeTensors.read(file).find("x").orElseThrow().toArray().array()[0]);
    }
  }

  @Test
  void theOrderOfTheFileIsKeptAndThatOfTheBytesIsFree() throws IOException {
    String header =
        "{" + HandMade.entry("b", "U8", "[2]", 1, 3) + "," + HandMade.entry("a", "U8", "[]", 0, 1)
            + "}";
    StateDict state = SafeTensors.read(HandMade.file(folder, header, (byte) 1, (byte) 2, (byte) 3));
    assertEquals(List.of("b", "a"), state.names());
    assertArrayEquals(new float[] {2, 3}, state.find("b").orElseThrow().toArray().array());
    assertArrayEquals(new float[] {1}, state.find("a").orElseThrow().toArray().array());
  }

  @Test
  void theMetadataIsReadAsItWasWritten() throws IOException {
    Map<String, String> metadata = Map.of("format", "pt", "", "empty", "quotes \" \\ \n", "ü 猫 🐈");
    Path file = folder.resolve("x.safetensors");
    SafeTensors.write(file, HandMade.state(HandMade.vector("x", 1)).withMetadata(metadata));
    assertEquals(metadata, SafeTensors.read(file).metadata());
  }

  @Test
  void aTensorCannotHaveTheNameOfTheMetadata() {
    StateDict state = HandMade.state(HandMade.vector("__metadata__", 1));
    assertEquals(
        "a tensor cannot be named '__metadata__': safetensors keeps that name for itself",
        assertThrows(
            IllegalArgumentException.class,
            () -> SafeTensors.write(folder.resolve("x"), state)).getMessage());
  }

  @Test
  void aMissingFileIsNamed() {
    Path file = folder.resolve("gone.safetensors");
    assertEquals(
        file + ": there is no such file",
        assertThrows(NoSuchFileException.class, () -> SafeTensors.read(file)).getMessage());
  }

  @Test
  void anIndexJoinsItsParts() throws IOException {
    SafeTensors.write(folder.resolve("1.safetensors"), HandMade.state(HandMade.vector("a", 1)));
    SafeTensors.write(
        folder.resolve("2.safetensors"),
        HandMade.state(HandMade.vector("b", 2), HandMade.vector("c", 3)));
    Path index =
        index(
            "{'metadata':{'total_size':12},'weight_map':"
                + "{'b':'2.safetensors','a':'1.safetensors','c':'2.safetensors'}}");
    StateDict state = SafeTensors.read(index);
    assertEquals(List.of("b", "a", "c"), state.names());
    assertEquals(3, state.find("c").orElseThrow().toArray().item());
  }

  private Path index(String json) throws IOException {
    return Files.writeString(
        folder.resolve("model.safetensors.index.json"), json.replace('\'', '"'));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|', quoteCharacter = '`', value = {
          "{'weight_map':{'a':'../1.safetensors'}} | names '../1.safetensors': the parts must lie beside the index",
          "{'weight_map':{'a':'/1.safetensors'}} | names '/1.safetensors': the parts must lie beside the index",
          "{'weight_map':{'a':'..'}} | names '..': the parts must lie beside the index",
          "{'weight_map':{'a':''}} | names '': the parts must lie beside the index",
          "{'weight_map':{'a':'x\\u0000y'}} | names a part that no file can be called",
          "{'weight_map':{'a':'3.safetensors'}} | has a part 3.safetensors, which is missing: put it beside the index",
          "{'weight_map':{'b':'1.safetensors'}} | says that 'b' is in 1.safetensors; it is not",
          "{'weight_map':{}} | has no weight_map, or an empty one",
          "{'weight_map':{'a':1}} | is not what it should be: a should be VALUE_STRING, at byte 19 of its JSON",
          "{'weight_map':{'a':'1.safetensors'}} {} | has something after the end of its JSON",
          "[] | is not what it should be: the index should be START_OBJECT, at byte 0 of its JSON",
      })
  void anIndexThatIsWrongIsAnErrorThatSaysWhy(String json, String problem) throws IOException {
    SafeTensors.write(folder.resolve("1.safetensors"), HandMade.state(HandMade.vector("a", 1)));
    Path index = index(json);
    assertEquals(
        index + ": " + problem,
        assertThrows(WeightFileException.class, () -> SafeTensors.read(index)).getMessage());
  }

  @Test
  void bytesThatAreGoneWhenTheyAreReadAreAnErrorThatNamesTheFile() throws IOException {
    Path file = folder.resolve("x.safetensors");
    SafeTensors.write(file, HandMade.state(HandMade.vector("x", 1, 2, 3)));
    StoredTensor tensor = SafeTensors.read(file).find("x").orElseThrow();
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, bytes.length - 1));
    assertEquals(
        file + ": became shorter while it was read",
        assertThrows(WeightFileException.class, tensor::toArray).getMessage());
  }
}

package nn.layers.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Files that are broken, on purpose or not: one typed error that names the file, in bounded memory and time.
@Timeout(20)
class SafeTensorsHostileTest {
  @TempDir private Path folder;

  private static String problem(Path file) {
    String message =
        assertThrows(WeightFileException.class, () -> SafeTensors.read(file)).getMessage();
    assertTrue(message.startsWith(file + ": "), message);
    return message.substring((file + ": ").length());
  }

  /// Sixteen bytes of data.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|', quoteCharacter = '`', value = {
          "F32 | [2] | 0 | 12 | tensor 'x' F32[2] takes 8 bytes, but 12 are set aside",
          "F32 | [5] | 0 | 20 | tensor 'x' should lie at 0 to 20 of 16 bytes: the file is truncated or corrupt",
          "F32 | [2] | -4 | 4 | tensor 'x' should lie at -4 to 4 of 16 bytes: the file is truncated or corrupt",
          "F32 | [2] | 8 | 0 | tensor 'x' should lie at 8 to 0 of 16 bytes: the file is truncated or corrupt",
          "F32 | [1] | 9223372036854775807 | -9223372036854775808 | tensor 'x' should lie at 9223372036854775807 to -9223372036854775808 of 16 bytes: the file is truncated or corrupt",
          "F32 | [-1,-2] | 0 | 8 | tensor 'x' has an impossible shape [-1×-2]",
          "F32 | [4294967296,4294967296] | 0 | 8 | tensor 'x' has an impossible shape [4294967296×4294967296]",
          "F64 | [2305843009213693952] | 0 | 8 | tensor 'x' has an impossible shape [2305843009213693952]",
          "F4 | [2] | 0 | 8 | tensor 'x' has the kind of number 'F4', which is not known",
      })
  void whatAHeaderSaysOfATensorMustBeTrue(
      String dtype, String shape, long from, long to, String problem) throws IOException {
    String header = "{" + HandMade.entry("x", dtype, shape, from, to) + "}";
    assertEquals(problem, problem(HandMade.file(folder, header, new byte[16])));
  }

  @Test
  void tensorsThatShareBytesAreAnError() throws IOException {
    String header =
        "{" + HandMade.entry("b", "U8", "[4]", 3, 7) + "," + HandMade.entry("a", "U8", "[4]", 0, 4)
            + "}";
    assertEquals(
        "tensor 'b' overlaps another", problem(HandMade.file(folder, header, new byte[16])));
    String same =
        "{" + HandMade.entry("b", "U8", "[4]", 0, 4) + "," + HandMade.entry("a", "U8", "[4]", 0, 4)
            + "}";
    assertEquals("tensor 'a' overlaps another", problem(HandMade.file(folder, same, new byte[4])));
  }

  @Test
  void bytesThatBelongToNoTensorAreAnError() throws IOException {
    String before = "{" + HandMade.entry("a", "U8", "[4]", 2, 6) + "}";
    assertEquals(
        "has 2 bytes, from 0 on, that belong to no tensor: it is corrupt, or something was put into it",
        problem(HandMade.file(folder, before, new byte[6])));
    String between =
        "{" + HandMade.entry("b", "U8", "[4]", 7, 11) + "," + HandMade.entry("a", "U8", "[4]", 0, 4)
            + "}";
    assertEquals(
        "has 3 bytes, from 4 on, that belong to no tensor: it is corrupt, or something was put into it",
        problem(HandMade.file(folder, between, new byte[11])));
    String behind = "{" + HandMade.entry("a", "U8", "[4]", 0, 4) + "}";
    assertEquals(
        "has 1 bytes, from 4 on, that belong to no tensor: it is corrupt, or something was put into it",
        problem(HandMade.file(folder, behind, new byte[5])));
    assertEquals(
        "has 1 bytes, from 0 on, that belong to no tensor: it is corrupt, or something was put into it",
        problem(HandMade.file(folder, "{}", new byte[1])));
  }

  @Test
  void aNameThatOccursTwiceIsAnError() throws IOException {
    String twice =
        "{" + HandMade.entry("x", "U8", "[1]", 0, 1) + "," + HandMade.entry("x", "U8", "[1]", 1, 2)
            + "}";
    assertEquals(
        "has a header that is not valid: Duplicate field 'x'",
        problem(HandMade.file(folder, twice, new byte[2])));
    String metadata = "{\"__metadata__\":{\"a\":\"1\",\"a\":\"2\"}}";
    assertEquals(
        "has a header that is not valid: Duplicate field 'a'",
        problem(HandMade.file(folder, metadata)));
  }

  @Test
  void aHeaderLongerThanTheFileIsAnErrorBeforeMemoryIsTaken() throws IOException {
    for (String length : new String[] {"3", "100000001", "9223372036854775807",
        "18446744073709551615"}) {
      Path file = HandMade.file(folder, Long.parseUnsignedLong(length), "{}");
      assertEquals(
          "says that its header has " + length
              + " bytes, of a file of 10: it is truncated, or not safetensors",
          problem(file));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
          "[]", "{}{}", "{} x", "{}\u0000", "{", "{\"x\"", "{\"x\":1}", "{\"x\":null}",
          "{\"x\":{}}",
          "{\"__metadata__\":{\"a\":1}}", "{\"__metadata__\":[]}", "null", "  ",
          "\u0000\u0000\u0000",
          "{\"x\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0]}}",
          "{\"x\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0,0]}}",
          "{\"x\":{\"dtype\":\"U8\",\"shape\":[0],\"offsets\":[0,0]}}",
          "{\"x\":{\"dtype\":\"U8\",\"shape\":[0.0],\"data_offsets\":[0,0]}}",
          "{\"x\":{\"dtype\":\"U8\",\"shape\":[99999999999999999999],\"data_offsets\":[0,0]}}",
          "{\"x\":{\"dtype\":\"U8\",\"shape\":[1e400],\"data_offsets\":[0,0]}}",
          "{\"x\":{\"dtype\":\"U8\",\"shape\":[[0]],\"data_offsets\":[0,0]}}",
          "{\"x\":{\"dtype\":\"U8\",\"shape\":\"0\",\"data_offsets\":[0,0]}}",
          "{\"x\":{\"dtype\":\"U8\",\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}}",
          "{\"x\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0],\"code\":\"rm\"}}",
      })
  void whatIsNotAHeaderIsAnError(String header) throws IOException {
    problem(HandMade.file(folder, header));
  }

  @Test
  void jsonAsDeepAsTheFileIsLongIsAnError() throws IOException {
    for (String bracket : new String[] {"[", "{\"a\":", "{\"weight_map\":", "{\"x\":["}) {
      String deep = bracket.repeat(200_000);
      problem(HandMade.file(folder, deep));
      Path index = Files.writeString(folder.resolve("deep.index.json"), deep);
      problem(index);
    }
  }

  @Test
  void aNameOfAMillionLettersAndAShapeOfAThousandExtentsAreErrors() throws IOException {
    problem(
        HandMade.file(
            folder, "{" + HandMade.entry("x".repeat(1_000_000), "U8", "[0]", 0, 0) + "}"));
    assertEquals(
        "x.shape has more than 64 numbers",
        problem(
            HandMade.file(
                folder,
                "{" + HandMade.entry("x", "U8", "[1" + ",1".repeat(999) + "]", 0, 1) + "}",
                new byte[1])));
  }

  @Test
  void aHundredThousandTensorsAreReadInReasonableTime() throws IOException {
    StringBuilder header = new StringBuilder("{");
    for (int i = 0; i < 100_000; i++) {
      header.append(i == 0 ? "" : ",").append(HandMade.entry("x" + i, "U8", "[0]", 0, 0));
    }
    assertEquals(
        100_000, SafeTensors.read(HandMade.file(folder, header.append('}').toString())).size());
  }

  @Test
  void aFolderIsAnError() {
    assertEquals("is a folder: name the weight file in it", problem(folder));
  }

  private byte[] small() throws IOException {
    Path file = folder.resolve("small.safetensors");
    SafeTensors.write(
        file,
        HandMade.state(HandMade.vector("fc.weight", 1, 2, 3), HandMade.vector("fc.bias", 4))
            .withMetadata(Map.of("format", "pt")));
    return Files.readAllBytes(file);
  }

  @Test
  void aFileThatEndsTooEarlyIsAnErrorWhereverItEnds() throws IOException {
    byte[] bytes = small();
    Path file = folder.resolve("short.safetensors");
    for (int length = bytes.length - 1; length >= 0; length--) {
      HandMade.overwrite(file, Arrays.copyOf(bytes, length));
      problem(file);
    }
  }

  @Test
  void flippedBytesGiveTheTypedErrorOrAStateThatCanBeRead() throws IOException {
    byte[] bytes = small();
    SplittableRandom random = new SplittableRandom(7);
    Path file = folder.resolve("flipped.safetensors");
    int errors = 0;
    for (int trial = 0; trial < 2500; trial++) {
      byte[] flipped = bytes.clone();
      for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
        flipped[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      HandMade.overwrite(file, flipped);
      try {
        for (StoredTensor tensor : SafeTensors.read(file).tensors()) {
          tensor.toArray();
        }
      } catch (WeightFileException e) {
        assertTrue(e.getMessage().startsWith(file + ": "), e.getMessage());
        errors++;
      }
    }
    assertTrue(errors > 1250, errors + " of 2500 were found");
  }
}

package nn.layers.state;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import nn.layers.Layer;
import nn.layers.Linear;
import nn.layers.zoo.ModelZoo;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelFileTest {
  private static final ModelCard CARD =
      new ModelCard("small-cnn", List.of("cat", "dog", "bird"), "", "", Map.of("epochs", "3"));

  @TempDir private Path folder;
  private Path file;
  private final Layer network = ModelZoo.create("small-cnn", 3, new SplittableRandom(5));

  @BeforeEach
  void name() {
    file = folder.resolve("mine.safetensors");
  }

  private String problem() {
    String message =
        assertThrows(WeightFileException.class, () -> ModelFile.read(file, ModelZoo::create))
            .getMessage();
    assertTrue(message.startsWith(file + ": "), message);
    return message.substring((file + ": ").length());
  }

  private void written(Map<String, String> metadata) throws IOException {
    SafeTensors.write(file, StateDict.of(network).withMetadata(metadata));
  }

  @Test
  void aNetworkAndItsCardAreReadBackBitForBit() throws IOException {
    new ModelFile(CARD, network).write(file);
    ModelFile read = ModelFile.read(file, ModelZoo::create);
    assertEquals(CARD, read.card());
    assertEquals("small-cnn", read.network().architecture().orElseThrow());
    List<StoredTensor> want = StateDict.of(network).tensors();
    List<StoredTensor> got = StateDict.of(read.network()).tensors();
    assertEquals(want.size(), got.size());
    for (int i = 0; i < want.size(); i++) {
      assertEquals(want.get(i).name(), got.get(i).name());
      assertEquals(want.get(i).sha256(), got.get(i).sha256());
    }
  }

  @Test
  void theSameNetworkAndCardGiveTheSameBytes() throws IOException {
    new ModelFile(CARD, network).write(file);
    byte[] first = Files.readAllBytes(file);
    ModelFile.read(file, ModelZoo::create).write(file);
    assertArrayEquals(first, Files.readAllBytes(file));
  }

  @Test
  void theFileSaysWhereTheHeadIsIfTheNetworkKnows() throws IOException {
    new ModelFile(CARD, network).write(file);
    assertEquals(network.headPath(), SafeTensors.read(file).metadata().get("graft.head"));
    new ModelFile(CARD, new Linear(2, 3, new SplittableRandom(1))).write(file);
    assertNull(SafeTensors.read(file).metadata().get("graft.head"));
  }

  @Test
  void bfloat16TakesHalfTheBytesAndRoundsInTheThirdDigit() throws IOException {
    new ModelFile(CARD, network).write(file);
    long whole = Files.size(file);
    new ModelFile(CARD, network).write(file, DType.BF16);
    assertTrue(Files.size(file) < 0.6 * whole, Files.size(file) + " of " + whole);
    Layer read = ModelFile.read(file, ModelZoo::create).network();
    for (StoredTensor tensor : StateDict.of(network).tensors()) {
      float[] want = tensor.toArray().array();
      float[] got = StateDict.of(read).find(tensor.name()).orElseThrow().toArray().array();
      for (int i = 0; i < want.length; i++) {
        assertEquals(want[i], got[i], Math.abs(want[i]) / 256);
      }
    }
  }

  @Test
  void aFileOfOthersSaysThatItDoesNotNameItsNetwork() throws IOException {
    written(Map.of("format", "pt"));
    assertEquals(
        "does not say which network it belongs to: it was not written by Graft."
            + " Name the architecture",
        problem());
  }

  @Test
  void aFileOfANewerVersionSaysSo() throws IOException {
    Map<String, String> newer = new HashMap<>(CARD.toMetadata());
    newer.put("graft.version", "17");
    written(newer);
    assertEquals(
        "the file was written by a newer Graft (its version is 17, this one reads 1)", problem());
  }

  @Test
  void anotherNumberOfClassesThanTheHeadHasIsAnError() throws IOException {
    written(new ModelCard("small-cnn", List.of("a", "b"), "", "", Map.of()).toMetadata());
    String problem = problem();
    assertTrue(
        problem.startsWith(
            "does not hold the small-cnn with 2 classes that it says it is: the weights do not fit"
                + " the network (nothing was loaded):\n  mismatched "),
        problem);
  }

  @Test
  void aNetworkThatTheZooDoesNotKnowIsAnError() throws IOException {
    written(new ModelCard("small-cn", CARD.classes(), "", "", Map.of()).toMetadata());
    String problem = problem();
    assertTrue(
        problem.startsWith("there is no network 'small-cn' (the nearest is 'small-cnn')"),
        problem);
  }

  @Test
  void aCardWithoutArchitectureOrClassesIsAnError() throws IOException {
    for (ModelCard card : List.of(
        new ModelCard("", CARD.classes(), "", "", Map.of()),
        new ModelCard("small-cnn", List.of(), "", "", Map.of()))) {
      written(card.toMetadata());
      assertEquals(
          "does not name its architecture or its classes: make the network in code and load the"
              + " file into it",
          problem());
    }
  }

  @Test
  void moreClassesThanTheFileCanHaveAreAnErrorBeforeANetworkIsMade() throws IOException {
    ModelCard many =
        new ModelCard("small-cnn", Collections.nCopies(2_000_000, ""), "", "", Map.of());
    written(many.toMetadata());
    String message =
        assertThrows(
            WeightFileException.class,
            () -> ModelFile.read(file, (_, _) -> fail("a network was made"))).getMessage();
    assertEquals(
        file + ": says it tells 2000000 classes apart, but has no tensor of so many rows:"
            + " it is corrupt",
        message);
  }
}

package nn.layers.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelCardTest {
  private static final ModelCard CARD =
      new ModelCard(
          "resnet18",
          List.of("cat", "\"dog\", big", "Käfer 🐞", ""),
          "{\"side\":224}",
          "resnet18 0a1b",
          Map.of("epochs", "3", "", "nothing"));

  @Test
  void whatACardSaysIsReadBack() {
    assertEquals(Optional.of(CARD), ModelCard.of(CARD.toMetadata()));
    ModelCard bare = new ModelCard("", List.of(), "", "", Map.of());
    assertEquals(Optional.of(bare), ModelCard.of(bare.toMetadata()));
  }

  @Test
  void metadataOfOthersIsNoCard() {
    assertEquals(Optional.empty(), ModelCard.of(Map.of()));
    assertEquals(Optional.empty(), ModelCard.of(Map.of("format", "pt")));
  }

  @Test
  void whatIsNotUnderstoodIsIgnored() {
    Map<String, String> more = new HashMap<>(CARD.toMetadata());
    more.put("graft.unknown", "x");
    more.put("author", "y");
    assertEquals(Optional.of(CARD), ModelCard.of(more));
  }

  @Test
  void aNewerVersionIsAnErrorThatSaysSo() {
    assertEquals(
        "the file was written by a newer Graft (its version is 2, this one reads 1)",
        assertThrows(
            IllegalArgumentException.class,
            () -> ModelCard.of(Map.of("graft.version", "2"))).getMessage());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "{}", "[1]", "[\"a\",null]", "[[\"a\"]]", "\"a\"", "[\"a\"] []",
          "[\"a\"] \"b\""})
  void classNamesThatAreNoListOfStringsAreAnError(String classes) {
    assertEquals(
        "the file's class names are not a list of strings",
        assertThrows(IllegalArgumentException.class, () -> card(classes)).getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"[", "[\"a\"", "[\"a\" \"b\"]", "[\"a\"] x", "[a]", "x"})
  void classNamesThatAreNoJsonAreAnError(String classes) {
    assertEquals(
        "the file's class names are not valid JSON",
        assertThrows(IllegalArgumentException.class, () -> card(classes)).getMessage());
  }

  private static Optional<ModelCard> card(String classes) {
    return ModelCard.of(Map.of("graft.version", "1", "graft.classes", classes));
  }
}

package nn.finetune;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import nn.layers.Layer;
import nn.layers.Parameters;
import org.junit.jupiter.api.Test;

class FreezingTest {
  private final Layer model =
      new Toy.Net(
          "stem", new Toy.Part(1f),
          "layer1", new Toy.Net("0", new Toy.Part(1f), "drop", new Toy.Plain()),
          "fc", new Toy.Part(1f))
          .withHead("fc");

  private List<String> trained() {
    return model.parameters().trainable().stream().map(Parameters.Entry::path).toList();
  }

  @Test
  void allTrainsEverything() {
    model.freeze();
    Freezing.parse("all").applyTo(model);
    assertEquals(6, trained().size());
    assertFalse(model.isFrozen());
  }

  @Test
  void headTrainsTheHeadAlone() {
    Freezing.parse("head").applyTo(model);
    assertEquals(List.of("fc.weight", "fc.bias"), trained());
    assertTrue(model.at("layer1.0").isFrozen());
    assertFalse(model.at("fc").isFrozen());
  }

  @Test
  void lastStageTrainsTheHeadAndTheLastPartBelowIt() {
    Freezing.parse("last-stage").applyTo(model);
    assertEquals(
        List.of("layer1.0.weight", "layer1.0.bias", "fc.weight", "fc.bias"), trained());
    assertFalse(model.at("layer1.drop").isFrozen());
  }

  @Test
  void theLastStageOfASingleBodyIsItsLastChild() {
    Layer single =
        new Toy.Net(
            "features", new Toy.Net("0", new Toy.Part(1f), "1", new Toy.Part(1f)),
            "classifier", new Toy.Net("drop", new Toy.Plain(), "1", new Toy.Part(1f)))
            .withHead("classifier.1");
    Freezing.lastStage(single);
    assertEquals(
        List.of(
            "features.1.weight", "features.1.bias", "classifier.1.weight", "classifier.1.bias"),
        single.parameters().trainable().stream().map(Parameters.Entry::path).toList());
  }

  @Test
  void trainOnlyTrainsWhatFitsAndFreezesTheRest() {
    Freezing.trainOnly(model, "layer1.*", "fc.bias");
    assertEquals(List.of("layer1.0.weight", "layer1.0.bias", "fc.bias"), trained());
    assertTrue(model.at("stem").isFrozen());
    assertFalse(model.at("layer1.0").isFrozen());
    assertFalse(model.at("fc").isFrozen());
  }

  @Test
  void aLayerWithoutParametersBehavesAsInTrainingIfItsPathFits() {
    Freezing.trainOnly(model, "layer1.*");
    assertFalse(model.at("layer1.drop").isFrozen());
    Freezing.trainOnly(model, "*.bias");
    assertTrue(model.at("layer1.drop").isFrozen());
  }

  @Test
  void trainOnlyForgetsWhatWasTrainedBefore() {
    Freezing.trainOnly(model, "layer1.*");
    Freezing.trainOnly(model, "stem.weight");
    assertEquals(List.of("stem.weight"), trained());
  }

  @Test
  void headMayStandAmongPatterns() {
    Freezing.parse(" layer1.0.weight , head").applyTo(model);
    assertEquals(List.of("layer1.0.weight", "fc.weight", "fc.bias"), trained());
  }

  @Test
  void aPatternThatFitsNothingIsAnErrorThatListsWhatThereIsAndTheNearestAndChangesNothing() {
    String list =
        "; there are stem.weight, stem.bias, layer1.0.weight, layer1.0.bias, fc.weight, fc.bias";
    assertEquals(
        "the pattern 'layre1.*' fits no parameter (the nearest is 'layer1.*')" + list,
        assertThrows(
            IllegalArgumentException.class,
            () -> Freezing.trainOnly(model, "stem.*", "layre1.*"))
            .getMessage());
    assertEquals(
        "the pattern 'layer1' fits no parameter (the nearest is 'layer1.*')" + list,
        assertThrows(IllegalArgumentException.class, () -> Freezing.trainOnly(model, "layer1"))
            .getMessage());
    assertEquals(
        "the pattern 'transformer.encoder.*' fits no parameter" + list,
        assertThrows(
            IllegalArgumentException.class,
            () -> Freezing.trainOnly(model, "transformer.encoder.*"))
            .getMessage());
    assertEquals(6, trained().size());
  }

  @Test
  void aTextThatSaysNothingIsAnError() {
    assertEquals(
        "'fc.*,' does not say what to train: write all, last-stage, head, or patterns separated by"
            + " commas such as layer4.*,head",
        assertThrows(IllegalArgumentException.class, () -> Freezing.parse("fc.*,")).getMessage());
    assertEquals(
        "'all,head' says all and more: write all alone, or the patterns alone",
        assertThrows(IllegalArgumentException.class, () -> Freezing.parse("all,head"))
            .getMessage());
  }

  @Test
  void aRecipeSaysItselfAsItIsWritten() {
    assertEquals("layer4.*,head", Freezing.parse("layer4.*, head").toString());
  }
}

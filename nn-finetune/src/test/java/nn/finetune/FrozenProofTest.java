package nn.finetune;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import nn.core.NdArray;
import nn.core.Tensor;
import nn.layers.Layer;
import org.junit.jupiter.api.Test;

class FrozenProofTest {
  private final Toy.Part below = new Toy.Part(1f, 2f, 3f);
  private final Toy.Part above = new Toy.Part(1f);
  private final Layer model = new Toy.Net("below", below, "above", above);

  private void train() {
    Tensor loss = model.forward(Tensor.constant(NdArray.scalar(0f)), Toy.pass());
    new Sgd(ParameterGroup.of(model.parameters(), 0.1)).step(loss.backward());
  }

  @Test
  void whatIsFrozenIsProvenUnchangedWhileTheRestIsTrained() {
    below.freeze();
    FrozenProof proof = FrozenProof.of(model);
    train();
    FrozenReport report = proof.verify();
    assertTrue(report.unchanged());
    assertEquals(3, report.tensors()); // weight, bias, seen
    assertEquals(4 * (3 + 1 + 1), report.bytes());
    assertEquals("3 frozen tensors (20 bytes) are unchanged, by SHA-256", report.toString());
  }

  @Test
  void aDeliberateChangeIsCaughtAndNamed() {
    below.freeze();
    FrozenProof proof = FrozenProof.of(model);
    below.weight.value().writable()[2] = Math.nextUp(3f);
    below.seen.value().writable()[0] = 1f;
    assertEquals(List.of("below.weight", "below.seen"), proof.compare().changed());
    FrozenTensorChangedException e =
        assertThrows(FrozenTensorChangedException.class, proof::verify);
    assertEquals(
        "2 frozen tensors have changed: below.weight, below.seen. Only an optimizer may write"
            + " parameters, and only those that are trainable; look for code that writes into them"
            + " by itself",
        e.getMessage());
    assertEquals(List.of("below.weight", "below.seen"), e.paths());
  }

  @Test
  void aParameterThatAloneIsFrozenIsProvenWithoutTheBuffersOfItsLayer() {
    below.weight.trainable(false);
    FrozenProof proof = FrozenProof.of(model);
    train(); // counts in the buffer
    assertEquals(1, proof.verify().tensors());
  }

  @Test
  void whenFreezingChangesTheProofIsOverEachPeriod() {
    below.freeze();
    FrozenProof proof = FrozenProof.of(model);
    train();
    below.unfreeze();
    above.freeze();
    proof.follow();
    train();
    assertEquals(6, proof.verify().tensors());
  }

  @Test
  void aChangeInAPeriodThatIsOverIsCaughtToo() {
    below.freeze();
    FrozenProof proof = FrozenProof.of(model);
    below.bias.value().writable()[0] = 1f;
    below.unfreeze();
    assertEquals(
        List.of("below.bias"),
        assertThrows(FrozenTensorChangedException.class, proof::follow).paths());
  }

  @Test
  void nothingFrozenIsSaidSo() {
    FrozenReport report = FrozenProof.of(model).verify();
    assertEquals("nothing was frozen", report.toString());
    assertFalse(report.tensors() > 0);
  }
}

package nn.cli.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class FindingsTest {
  private static final Spread ANY = Spread.of(0.5);

  private static Findings.Row row(int examples, double... gains) {
    return new Findings.Row(examples, ANY, ANY, Spread.of(gains), 1, 1);
  }

  @Test
  void a_gain_far_above_its_uncertainty_helps() {
    assertEquals(Findings.Verdict.HELPS, row(5, 0.20, 0.25, 0.22).verdict());
  }

  @Test
  void a_gain_within_its_uncertainty_is_unclear() {
    assertEquals(Findings.Verdict.UNCLEAR, row(5, 0.20, -0.15, 0.02).verdict());
    assertEquals(Findings.Verdict.UNCLEAR, row(5, 0, 0, 0).verdict());
  }

  @Test
  void a_loss_far_above_its_uncertainty_harms() {
    assertEquals(Findings.Verdict.HARMS, row(5, -0.20, -0.25, -0.22).verdict());
  }

  @Test
  void the_claim_is_about_the_fewest_examples() {
    Findings.Row helps = row(5, 0.20, 0.25);
    Findings.Row harms = row(50, -0.20, -0.25);
    assertTrue(new Findings(ANY, ANY, List.of(helps, harms), 1, 2, 3).claimHolds());
    assertFalse(new Findings(ANY, ANY, List.of(harms, helps), 1, 2, 3).claimHolds());
  }
}

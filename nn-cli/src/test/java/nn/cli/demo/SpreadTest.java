package nn.cli.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class SpreadTest {
  @Test
  void the_deviation_is_that_of_a_sample() {
    Spread spread = Spread.of(1, 2, 3, 4);
    assertEquals(2.5, spread.mean());
    assertEquals(Math.sqrt(5.0 / 3), spread.deviation(), 1e-15);
    assertEquals(Math.sqrt(5.0 / 3) / 2, spread.error(), 1e-15);
  }

  @Test
  void one_measurement_has_no_deviation() {
    assertEquals(new Spread(7, 0, 1), Spread.of(7));
  }

  @Test
  void no_measurement_is_an_error() {
    assertThrows(IllegalArgumentException.class, Spread::of);
  }
}

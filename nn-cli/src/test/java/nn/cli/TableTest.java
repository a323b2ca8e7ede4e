package nn.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class TableTest {
  @Test
  void words_stand_to_the_left_and_numbers_to_the_right() {
    assertEquals(
        """
            class  right
            rose       7
            poppy    100
            """,
        new Table("class", "right").row("rose", 7).row("poppy", 100).toString());
  }

  @Test
  void a_row_has_a_cell_for_each_column() {
    assertThrows(IllegalArgumentException.class, () -> new Table("a", "b").row(1));
  }
}

package nn.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class JsonTest {
  @Test
  void members_keep_their_order() {
    assertEquals(
        "{\"b\":1,\"a\":true,\"c\":null}",
        new Json().put("b", 1).put("a", true).put("c", null).toString());
  }

  @Test
  void objects_and_lists_nest() {
    assertEquals(
        "{\"list\":[{\"x\":1},{}],\"of\":{\"y\":[1,2]}}",
        new Json()
            .put("list", List.of(new Json().put("x", 1), new Json()))
            .put("of", new Json().put("y", List.of(1, 2)))
            .toString());
  }

  @Test
  void numbers_that_are_not_finite_become_null() {
    assertEquals(
        "{\"a\":null,\"b\":null,\"c\":0.5}",
        new Json()
            .put("a", Double.NaN)
            .put("b", Float.POSITIVE_INFINITY)
            .put("c", 0.5f)
            .toString());
  }

  @Test
  void text_is_escaped() {
    assertEquals(
        "{\"a\\\"b\":\"line\\n\\\\ é\"}", new Json().put("a\"b", "line\n\\ é").toString());
  }
}

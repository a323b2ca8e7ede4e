package nn.cli;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class WrongUsageTest {
  private static void assertWrong(String message, Object... arguments) {
    Run run = Run.graft(arguments);
    assertAll(
        () -> assertEquals(2, run.exit(), run.err()),
        () -> assertEquals("", run.out()),
        () -> assertTrue(run.err().contains(message), run.err()),
        () -> assertTrue(run.err().lines().count() <= 3, run.err()));
  }

  @Test
  void a_missing_command_is_asked_for() {
    assertWrong("a command is missing");
  }

  @Test
  void a_misspelt_command_gets_a_suggestion() {
    assertWrong("graft predict", "predct");
  }

  @Test
  void an_unknown_option_is_named() {
    assertWrong("--frobnicate", "models", "--frobnicate");
  }

  @Test
  void a_missing_option_is_named() {
    assertWrong("--weights", "evaluate", "--data", "x");
    assertWrong("--out", "train", "--model", "small-cnn", "--data", "x");
  }

  @Test
  void a_number_that_is_none_is_named() {
    assertWrong("'many' is not", "models", "--threads", "many");
  }

  @Test
  void numbers_out_of_range_are_named() {
    assertWrong("--threads", "models", "--threads", "0");
    assertWrong("--top", "predict", "--weights", "x", "--top", "0", "y.png");
    assertWrong("--seeds", "demo", "--seeds", "0");
    assertWrong("--epochs", training("--epochs", "0"));
    assertWrong("--batch", training("--batch", "0"));
    assertWrong("--split", training("--split", "1.5"));
    assertWrong("--rate", training("--rate", "-1"));
    assertWrong("--patience", training("--patience", "0"));
  }

  @Test
  void test_images_and_a_split_exclude_each_other() {
    assertWrong("mutually exclusive", training("--test", "y", "--split", "0.5"));
  }

  @Test
  void an_unknown_augmentation_is_named() {
    assertWrong("flip, crop and none", training("--augment", "spin"));
  }

  @Test
  void what_to_train_is_checked_before_anything_is_read() {
    for (String text : new String[] {"", "head,", "all,head", "last-stage,head"}) {
      assertWrong("--train: '" + text + "'", "summary", "small-cnn", "--train", text);
      assertWrong(
          "--train: '" + text + "'", "finetune", "--weights", "none.pth", "--data", "none", "--out",
          "none/y.safetensors", "--train", text);
    }
  }

  @Test
  void an_input_that_is_no_shape_is_named() {
    for (String text : new String[] {"", "abc", "3x32x", "3x0x32", "99999x99999x3"}) {
      assertWrong("--input: ", "summary", "small-cnn", "--input", text);
    }
  }

  private static Object[] training(Object... more) {
    Object[] all = new Object[7 + more.length];
    System.arraycopy(
        new Object[] {"train", "--model", "small-cnn", "--data", "x", "--out", "y.safetensors"}, 0,
        all, 0, 7);
    System.arraycopy(more, 0, all, 7, more.length);
    return all;
  }
}

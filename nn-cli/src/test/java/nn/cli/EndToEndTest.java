package nn.cli;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import nn.cli.demo.Thing;
import nn.layers.state.ModelFile;
import nn.layers.zoo.ModelZoo;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The road that a user takes, on pictures that are drawn: train, evaluate, finetune, predict, diff.
class EndToEndTest {
  @TempDir private static Path folder;

  private static Path cars;
  private static Path trucks;
  private static Path carNetwork;
  private static Path truckNetwork;
  private static Run training;
  private static Run finetuning;

  @BeforeAll
  static void trainAndFinetune() {
    cars = DrawnFolder.of(folder.resolve("cars"), 20, Thing.CAR, Thing.TREE);
    trucks = DrawnFolder.of(folder.resolve("trucks"), 10, Thing.BOAT, Thing.TRUCK, Thing.HOUSE);
    carNetwork = folder.resolve("cars.safetensors");
    truckNetwork = folder.resolve("trucks.safetensors");
    training = Run.graft(
        "train", "--model", "small-cnn", "--data", cars, "--out", carNetwork,
        "--epochs", 3, "--batch", 8, "--json");
    finetuning = finetune(truckNetwork, 1);
  }

  private static Run finetune(Path out, int seed, Object... more) {
    Object[] all = new Object[15 + more.length];
    System.arraycopy(
        new Object[] {"finetune", "--weights", carNetwork, "--data", trucks, "--train", "head",
            "--split", 0.3, "--seed", seed, "--epochs", "2", "--out", out},
        0, all, 0, 15);
    System.arraycopy(more, 0, all, 15, more.length);
    return Run.graft(withJson(all));
  }

  private static Object[] withJson(Object[] arguments) {
    Object[] all = java.util.Arrays.copyOf(arguments, arguments.length + 1);
    all[arguments.length] = "--json";
    return all;
  }

  @Test
  void training_answers_with_one_object() {
    assertEquals(0, training.exit(), training.err());
    assertEquals(
        Set.of(
            "model", "out", "train", "trainImages", "testedOn", "right", "total", "accuracy",
            "loss",
            "seconds", "imagesPerSecond", "evaluationSeconds", "epochs", "bestEpoch", "parameters",
            "trainableParameters", "frozenTensors", "frozenUnchanged", "settings", "history",
            "macroF1", "classes", "confusion"),
        training.json().keySet());
    assertEquals(3.0, training.json().get("epochs"));
    assertEquals(32.0, training.json().get("trainImages"));
    assertEquals(8.0, training.json().get("total"));
  }

  @Test
  void the_head_alone_is_trained_and_the_rest_is_proven_unchanged() {
    assertEquals(0, finetuning.exit(), finetuning.err());
    Map<String, Object> answer = finetuning.json();
    assertAll(
        () -> assertEquals(3.0 * 64 + 3, answer.get("trainableParameters")),
        () -> assertEquals(18.0, answer.get("frozenTensors")),
        () -> assertEquals(true, answer.get("frozenUnchanged")),
        () -> assertEquals(9.0, answer.get("total")));
  }

  @Test
  void evaluate_finds_in_the_file_what_finetune_reported() {
    Run run = Run.graft(
        "evaluate", "--weights", truckNetwork, "--data", trucks, "--split", 0.3,
        "--seed", 1, "--json");
    assertEquals(0, run.exit(), run.err());
    Map<String, Object> answer = run.json();
    assertAll(
        () -> assertEquals(finetuning.json().get("right"), answer.get("right")),
        () -> assertEquals(finetuning.json().get("total"), answer.get("total")),
        () -> assertEquals(finetuning.json().get("loss"), answer.get("loss")));
  }

  @Test
  void evaluate_answers_with_these_keys() {
    Run run = Run.graft("evaluate", "--weights", truckNetwork, "--data", trucks, "--json");
    assertEquals(
        Set.of(
            "model", "weights", "data", "right", "total", "accuracy", "loss", "seconds",
            "imagesPerSecond", "macroF1", "classes", "confusion"),
        run.json().keySet());
  }

  @Test
  void evaluate_shows_people_each_class_and_who_was_taken_for_whom() {
    Run run = Run.graft("evaluate", "--weights", truckNetwork, "--data", trucks);
    assertAll(
        () -> assertTrue(run.out().contains("% right ("), run.out()),
        () -> assertTrue(run.out().contains("precision"), run.out()),
        () -> assertTrue(run.out().contains("is \\ taken for"), run.out()),
        () -> assertTrue(run.out().contains("truck"), run.out()));
  }

  @Test
  void predict_names_the_class_of_an_image() {
    Run run = Run.graft(
        "predict", "--weights", truckNetwork, trucks.resolve("truck/0.png"),
        "--top", 2, "--json");
    assertEquals(0, run.exit(), run.err());
    Map<?, ?> prediction = (Map<?, ?>) ((List<?>) run.json().get("predictions")).getFirst();
    assertTrue(Set.of("boat", "truck", "house").contains(prediction.get("class")));
    assertEquals(2, ((List<?>) prediction.get("top")).size());
  }

  @Test
  void predict_takes_folders() {
    Run run = Run.graft("predict", "--weights", truckNetwork, trucks, "--json");
    assertEquals(30, ((List<?>) run.json().get("predictions")).size());
  }

  @Test
  void diff_finds_the_convolutions_identical_and_the_head_of_another_shape() {
    Run run = Run.graft("diff", carNetwork, truckNetwork, "--json");
    assertEquals(0, run.exit(), run.err());
    assertEquals(18.0, run.json().get("identical"));
    assertEquals(2.0, run.json().get("reshaped"));
  }

  @Test
  void summary_shows_a_model_file() {
    Run run = Run.graft("summary", truckNetwork, "--json");
    assertEquals("small-cnn", run.json().get("model"));
  }

  @Test
  void inspect_shows_what_the_file_says_about_itself() {
    Run run = Run.graft("inspect", truckNetwork);
    assertAll(
        () -> assertEquals(0, run.exit()),
        () -> assertTrue(
            run.out().contains("graft.classes = [\"boat\",\"house\",\"truck\"]"), run.out()),
        () -> assertTrue(run.out().contains("nothing suspicious"), run.out()));
  }

  @Test
  void the_same_seed_gives_the_same_file_at_any_number_of_threads() throws Exception {
    Path one = folder.resolve("one.safetensors");
    Path two = folder.resolve("two.safetensors");
    finetune(one, 1, "--threads", 1);
    finetune(two, 1, "--threads", 2);
    assertArrayEquals(Files.readAllBytes(truckNetwork), Files.readAllBytes(one));
    assertArrayEquals(Files.readAllBytes(truckNetwork), Files.readAllBytes(two));
  }

  @Test
  void every_setting_that_changes_the_result_is_told_by_the_answer_and_by_the_file()
      throws Exception {
    Path out = folder.resolve("set.safetensors");
    Run run = finetune(out, 1, "--warm-up", 3, "--clip", 0.5, "--patience", 2);
    assertEquals(0, run.exit(), run.err());
    Map<?, ?> settings = (Map<?, ?>) run.json().get("settings");
    Map<String, String> extra = ModelFile.read(out, ModelZoo::create).card().extra();
    Map.of("warmUp", "3", "clip", "0.5", "patience", "2").forEach((name, value) -> {
      assertEquals(value, settings.get(name));
      assertEquals(value, extra.get(name));
    });
  }

  @Test
  void settings_that_are_off_are_not_told() {
    assertEquals(
        Set.of(
            "epochs", "batch", "optimizer", "rate", "decay", "schedule", "augment", "seed"),
        ((Map<?, ?>) training.json().get("settings")).keySet());
  }

  @Test
  void a_head_for_the_same_classes_is_kept() {
    Path more = folder.resolve("more.safetensors");
    Run run = Run.graft(
        "finetune", "--weights", truckNetwork, "--data", trucks, "--train", "head", "--rate",
        "1e-30",
        "--decay", 0, "--epochs", 1, "--out", more, "--json");
    assertEquals(0, run.exit(), run.err());
    assertEquals(20.0, Run.graft("diff", truckNetwork, more, "--json").json().get("identical"));
  }
}

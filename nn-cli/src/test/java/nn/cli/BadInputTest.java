package nn.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import nn.cli.demo.Thing;
import nn.layers.Layer;
import nn.layers.image.Preprocessing;
import nn.layers.state.ModelCard;
import nn.layers.state.ModelFile;
import nn.layers.zoo.ModelZoo;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/// Whatever is wrong: one message that says what, where and what to do, and exit code 1.
class BadInputTest {
  @TempDir private static Path folder;

  private static Path pictures;
  private static Path network;

  @BeforeAll
  static void drawAndWrite() throws IOException {
    pictures = DrawnFolder.of(folder.resolve("pictures"), 4, Thing.CAR, Thing.TREE);
    network = folder.resolve("network.safetensors");
    Layer fresh = ModelZoo.create("small-cnn", 2, new SplittableRandom(1));
    Preprocessing preprocessing = ModelZoo.entry("small-cnn").preprocessing();
    new ModelFile(
        new ModelCard(
            "small-cnn", java.util.List.of("car", "tree"), preprocessing.toJson(), "",
            Map.of()),
        fresh).write(network);
  }

  private static Run assertFails(String message, Object... arguments) {
    Run run = Run.graft(arguments);
    assertAll(
        () -> assertEquals(1, run.exit(), run.err()),
        () -> assertEquals("", run.out()),
        () -> assertTrue(run.err().contains(message), run.err()),
        () -> assertEquals(
            1,
            run.err().lines().filter(line -> line.startsWith("graft " + arguments[0] + ": "))
                .count(),
            run.err()),
        () -> assertFalse(run.err().contains("\tat "), run.err()));
    return run;
  }

  @Test
  void a_missing_weight_file_is_named() {
    assertFails("none.pth: there is no such file", "inspect", folder.resolve("none.pth"));
  }

  @Test
  void missing_data_is_named() {
    assertFails(
        "nowhere: there is no such file or folder", "evaluate", "--weights", network,
        "--data", folder.resolve("nowhere"));
  }

  @Test
  void a_truncated_weight_file_is_named() throws IOException {
    byte[] whole = Files.readAllBytes(network);
    Path half = Files.write(
        folder.resolve("half.safetensors"),
        Arrays.copyOf(whole, whole.length / 2));
    assertFails("half.safetensors", "evaluate", "--weights", half, "--data", pictures);
  }

  @Test
  void a_corrupt_weight_file_is_named() throws IOException {
    Path noise = Files.writeString(folder.resolve("noise.pth"), "these are no weights", UTF_8);
    assertFails("noise.pth: is of a kind that is not known", "inspect", noise);
  }

  @Test
  void weights_of_another_network_are_refused_with_their_differences() {
    assertFails(
        "the weights do not fit the network", "evaluate", "--model", "lenet", "--weights",
        foreign(), "--data", pictures);
  }

  @Test
  void a_file_that_does_not_say_its_network_asks_for_it() {
    assertFails("say it with --model", "evaluate", "--weights", foreign(), "--data", pictures);
  }

  @Test
  void an_unknown_network_is_named_with_those_there_are() {
    assertFails("there is no network 'small-cn'", "summary", "small-cn");
  }

  @Test
  void a_model_that_contradicts_the_file_is_refused() {
    assertFails(
        "says that it is a small-cnn, but --model says lenet", "evaluate", "--model",
        "lenet", "--weights", network, "--data", pictures);
  }

  @Test
  void class_names_that_do_not_fit_the_records_are_refused() throws IOException {
    Path records = records(3);
    assertFails(
        "2 classes were named: a, b",
        finetuneOn(records, "--classes", "a,b"));
    assertFails(
        "no image of the class 'd'",
        finetuneOn(records, "--classes", "a,b,c,d"));
  }

  @Test
  void more_classes_than_the_network_knows_are_refused() throws IOException {
    assertFails(
        "has 3 classes, but the network tells 2 apart", "evaluate", "--model", "small-cnn",
        "--weights", foreign(), "--data", records(3));
  }

  @Test
  void a_class_that_the_network_does_not_know_is_named() {
    Path other = DrawnFolder.of(folder.resolve("other"), 2, Thing.CAR, Thing.BOAT);
    assertFails(
        "has a class 'boat', but the network knows car, tree", "evaluate", "--weights",
        network, "--data", other);
  }

  @Test
  void an_empty_folder_is_refused() throws IOException {
    Path empty = Files.createDirectories(folder.resolve("empty"));
    assertFails("expected is one folder for each class", finetuneOn(empty));
    assertFails("has no images in it", "predict", "--weights", network, empty);
  }

  @Test
  void a_single_class_is_refused() {
    Path single = DrawnFolder.of(folder.resolve("single"), 2, Thing.CAR);
    assertFails("at least two are needed", finetuneOn(single));
  }

  @Test
  void an_unreadable_image_is_named_and_the_others_are_answered() throws IOException {
    Path mixed = DrawnFolder.of(folder.resolve("mixed"), 1, Thing.CAR);
    Path broken = Files.writeString(mixed.resolve("car/broken.png"), "no image", UTF_8);
    Run run = Run.graft("predict", "--weights", network, mixed);
    assertAll(
        () -> assertEquals(1, run.exit()),
        () -> assertTrue(run.err().contains("1 of 2 images cannot be read"), run.err()),
        () -> assertTrue(run.err().contains(broken.toString()), run.err()),
        () -> assertTrue(run.out().contains("0.png"), run.out()));
  }

  @Test
  void an_unreadable_image_among_many_is_left_out_of_training_with_a_warning() throws IOException {
    Path mixed = DrawnFolder.of(folder.resolve("partly"), 4, Thing.CAR, Thing.TREE);
    Files.writeString(mixed.resolve("car/broken.png"), "no image", UTF_8);
    Run run = Run.graft(finetuneOn(mixed));
    assertAll(
        () -> assertEquals(0, run.exit(), run.err()),
        () -> assertTrue(run.err().contains("warning: 1 image is left out"), run.err()));
  }

  @Test
  void a_pattern_that_fits_nothing_is_named_with_what_there_is() {
    assertFails(
        "the pattern 'layer9.*' fits no parameter",
        finetuneOn(pictures, "--train", "layer9.*,head"));
  }

  @Test
  void a_loss_that_is_not_a_number_ends_the_training_and_leaves_the_old_file() throws IOException {
    Path old = Files.writeString(folder.resolve("old.safetensors"), "the old one", UTF_8);
    assertFails(
        "training has diverged", "finetune", "--weights", network, "--data", pictures,
        "--rate", "1e30", "--epochs", 9, "--out", old);
    assertEquals("the old one", Files.readString(old));
  }

  @Test
  void a_place_that_cannot_be_written_is_found_before_anything_is_read() {
    Path none = folder.resolve("none/out.safetensors");
    assertFails(
        "there is no folder", "finetune", "--weights", folder.resolve("missing.pth"),
        "--data", folder.resolve("missing"), "--out", none);
    assertFails(
        "it is a folder", "finetune", "--weights", folder.resolve("missing.pth"), "--data",
        folder.resolve("missing"), "--out", folder);
    assertFails(
        "cannot write", "train", "--model", "small-cnn", "--data", pictures, "--out",
        network.resolve("below-a-file"));
  }

  @Test
  void the_weights_stay_as_they_are_when_their_own_file_is_the_target_and_training_fails()
      throws IOException {
    byte[] before = Files.readAllBytes(network);
    assertFails(
        "diverged", "finetune", "--weights", network, "--data", pictures, "--rate", "1e30",
        "--epochs", 9, "--out", network);
    assertArrayEquals(before, Files.readAllBytes(network));
  }

  @Test
  void a_stack_trace_is_shown_for_debugging_alone() {
    Run run = Run.graft("inspect", folder.resolve("none.pth"), "--debug");
    assertEquals(1, run.exit());
    assertTrue(run.err().contains("\tat nn."), run.err());
  }

  @Test
  void with_json_a_failure_is_an_object_as_well() {
    Run run = Run.graft("inspect", folder.resolve("none.pth"), "--json");
    assertEquals(1, run.exit());
    assertTrue(run.json().get("error").toString().contains("there is no such file"));
  }

  @Test
  void too_little_memory_suggests_a_smaller_batch_where_the_command_has_one() {
    assertEquals(
        "graft evaluate: not enough memory: try a smaller --batch, or give Java more, as in"
            + " GRAFT_JAVA_OPTS=-Xmx4g",
        outOfMemoryIn("evaluate"));
    assertEquals(
        "graft predict: not enough memory: give Java more, as in GRAFT_JAVA_OPTS=-Xmx4g",
        outOfMemoryIn("predict"));
  }

  private static String outOfMemoryIn(String command) {
    StringWriter err = new StringWriter();
    CommandLine commandLine = Main.commandLine(null).getSubcommands().get(command);
    commandLine.setErr(new PrintWriter(err));
    assertEquals(1, Main.failure(new OutOfMemoryError(), commandLine));
    return err.toString().strip();
  }

  // ---- what is wrong with it

  /// The network's weights as another program would write them: without a word about the network.
  private static Path foreign() {
    Path file = folder.resolve("foreign.safetensors");
    try {
      nn.finetune.weights.Weights.write(ModelZoo.create("small-cnn", 2), file);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return file;
  }

  private static Path records(int classes) throws IOException {
    byte[] bytes = new byte[3073 * 4 * classes];
    new SplittableRandom(3).nextBytes(bytes);
    for (int i = 0; i < 4 * classes; i++) {
      bytes[i * 3073] = (byte) (i % classes);
    }
    return Files.write(folder.resolve("records" + classes + ".bin"), bytes);
  }

  private static Object[] finetuneOn(Path data, Object... more) {
    Object[] all = {"finetune", "--weights", network, "--data", data, "--epochs", 1, "--out",
        folder.resolve("out.safetensors")};
    Object[] both = Arrays.copyOf(all, all.length + more.length);
    System.arraycopy(more, 0, both, all.length, more.length);
    return both;
  }
}

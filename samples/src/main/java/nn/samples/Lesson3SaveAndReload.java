package nn.samples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import nn.core.NdArray;
import nn.core.Shape;
import nn.layers.Layer;
import nn.layers.state.LoadingException;
import nn.layers.state.ModelCard;
import nn.layers.state.ModelFile;
import nn.layers.state.SafeTensors;
import nn.layers.state.StateDict;
import nn.layers.zoo.ModelZoo;

/// Lesson 3: a network's state in a file, and what happens when a file does not fit.
public final class Lesson3SaveAndReload {
  private Lesson3SaveAndReload() {}

  public static void main(String[] args) throws IOException {
    Path folder = Files.createTempDirectory("graft-lesson");
    Path file = folder.resolve("digits.safetensors");
    try {
      Layer model = ModelZoo.create("lenet", 10, new SplittableRandom(1));
      NdArray image = NdArray.uniform(Shape.of(1, 1, 28, 28), 0f, 1f, new SplittableRandom(2));

      // The state is named arrays; the names are the paths.
      StateDict state = StateDict.of(model);
      System.out.println("the state: " + state.names());

      // A model file says what it is, so whoever has it needs nothing else.
      List<String> classes = List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");
      ModelCard card = new ModelCard("lenet", classes, "", "", Map.of());
      new ModelFile(card, model).write(file);
      ModelFile back = ModelFile.read(file, ModelZoo::create);
      boolean same =
          Arrays.equals(model.forward(image).array(), back.network().forward(image).array());
      System.out.println(
          "read back: " + back.card().architecture() + ", same answers to the last bit: " + same);

      // Loading makes a plan first. What does not fit is said all at once, and nothing is touched.
      Layer three = ModelZoo.create("lenet", 3, new SplittableRandom(3));
      try {
        SafeTensors.read(file).into(three);
      } catch (LoadingException e) {
        System.out.println("ten classes into three: " + e.getMessage());
      }

      // The way that works: load first, then change the head.
      Layer ten = ModelZoo.create("lenet", 10, new SplittableRandom(4));
      System.out.println("loaded: " + SafeTensors.read(file).into(ten));
      ten.replaceHead(3, new SplittableRandom(5));
      System.out.println("and then three classes: " + ten.forward(image).shape());
    } finally {
      Files.deleteIfExists(file);
      Files.delete(folder);
    }
  }
}

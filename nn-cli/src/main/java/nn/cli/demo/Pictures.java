package nn.cli.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import nn.finetune.data.Dataset;
import nn.finetune.data.ImageFiles;
import nn.finetune.data.InMemory;
import nn.layers.image.Pixels;

/// Data sets of pictures that are drawn when they are needed.
public final class Pictures {
  private Pictures() {}

  /// Draws pictures of one kind of thing (label 1) and of other things (label 0), taking turns.
  ///
  /// @param thing what to tell from all others
  /// @param others what the others are, each as often
  /// @param each how many of each class
  /// @param seed decides about everything
  public static Dataset of(Thing thing, List<Thing> others, int each, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<SplittableRandom> dice = new ArrayList<>();
    int[] labels = new int[2 * each];
    for (int i = 0; i < labels.length; i++) {
      dice.add(random.split());
      labels[i] = i % 2;
    }
    List<Pixels> images =
        IntStream.range(0, labels.length)
            .parallel() // each picture has dice of its own
            .mapToObj(i -> draw(i, thing, others, dice.get(i)))
            .toList();
    return new InMemory("drawn", List.of("other", thing.word()), images, labels);
  }

  private static Pixels draw(int index, Thing thing, List<Thing> others, SplittableRandom dice) {
    Thing drawn = index % 2 == 1 ? thing : others.get(index / 2 % others.size());
    return ImageFiles.pixels(Photograph.of(drawn, dice));
  }

  /// The first pictures of each class.
  static Dataset first(Dataset pictures, int each) {
    return pictures.subset(IntStream.range(0, 2 * each).toArray());
  }
}

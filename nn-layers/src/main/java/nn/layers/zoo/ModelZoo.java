package nn.layers.zoo;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import nn.core.Shape;
import nn.layers.Layer;
import nn.layers.Paths;
import nn.layers.image.Preprocessing;

/// The networks that can be made by name. Each knows its head, so that [Layer#replaceHead] and
/// [Layer#features] work, and its name in this zoo ([Layer#architecture]), so that a file can say
/// what it holds.
///
/// ```java
/// Layer model = ModelZoo.create("resnet18", 1000);
/// ```
public final class ModelZoo {
  /// How a network is put together.
  @FunctionalInterface
  public interface Architecture {
    /// The network with fresh weights.
    ///
    /// @param classes how many classes the head tells apart, 1 or more
    /// @param random draws the weights
    Layer build(int classes, RandomGenerator random);
  }

  /// What the zoo knows about a network.
  ///
  /// @param name the name it is made by
  /// @param preprocessing how its published weights want their images
  /// @param classes how many classes its published weights tell apart; 2 if there are none
  /// @param architecture how it is put together
  public record Entry(
      String name, Preprocessing preprocessing, int classes, Architecture architecture) {
    /// The shape of one input, without the batch axis: `[3×32×32]`. Networks that end in a global
    /// mean take other heights and widths as well.
    public Shape input() {
      return preprocessing.inputShape();
    }
  }

  private static final Map<String, Entry> ENTRIES = new LinkedHashMap<>();

  static {
    Preprocessing small = Preprocessing.cifar();
    Preprocessing large = Preprocessing.imageNet();
    add("lenet", Preprocessing.mnist(), 10, LeNet::lenet);
    add("small-cnn", Preprocessing.centred(3, 32, 32), 2, SmallCnn::smallCnn);
    for (int depth : new int[] {20, 32, 44, 56, 110}) {
      add(
          "cifar-resnet" + depth,
          small,
          10,
          (classes, random) -> CifarResNet.resnet(depth, classes, random));
    }
    add("resnet18", large, 1000, ResNet::resnet18);
    add("resnet34", large, 1000, ResNet::resnet34);
    add("resnet50", large, 1000, ResNet::resnet50);
    add("resnet101", large, 1000, ResNet::resnet101);
    add("mobilenet_v2", large, 1000, MobileNetV2::mobilenetV2);
  }

  private ModelZoo() {}

  private static void add(
      String name, Preprocessing preprocessing, int classes, Architecture architecture) {
    ENTRIES.put(name, new Entry(name, preprocessing, classes, architecture));
  }

  /// The names of all networks, related ones side by side.
  public static List<String> names() {
    return new ArrayList<>(ENTRIES.keySet());
  }

  /// What is known about the network of this name.
  ///
  /// @throws IllegalArgumentException if there is none: the message lists the names
  public static Entry entry(String name) {
    Entry entry = ENTRIES.get(name);
    if (entry == null) {
      throw new IllegalArgumentException(
          "there is no network '"
              + name
              + "'"
              + Paths.hint(name, names())
              + "; there are "
              + String.join(", ", names()));
    }
    return entry;
  }

  /// The network of this name, its weights drawn from seed 0: the same ones every time.
  ///
  /// @param classes how many classes the head tells apart; 0 for the network without its head
  /// @throws IllegalArgumentException if there is no such network: the message lists the names
  public static Layer create(String name, int classes) {
    return create(name, classes, new SplittableRandom(0));
  }

  /// The network of this name.
  ///
  /// @param classes how many classes the head tells apart; 0 for the network without its head
  /// @param random draws the weights
  /// @throws IllegalArgumentException if there is no such network: the message lists the names
  public static Layer create(String name, int classes, RandomGenerator random) {
    if (classes < 0) {
      throw new IllegalArgumentException("the number of classes must not be negative: " + classes);
    }
    Layer network = entry(name).architecture().build(Math.max(1, classes), random);
    network.withArchitecture(name);
    return classes == 0 ? network.replaceHead(0, random) : network;
  }
}

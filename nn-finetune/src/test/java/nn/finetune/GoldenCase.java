package nn.finetune;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import nn.core.NdArray;
import nn.layers.Activation;
import nn.layers.BatchNorm2d;
import nn.layers.Conv2d;
import nn.layers.GlobalAvgPool2d;
import nn.layers.Layer;
import nn.layers.LayerNorm;
import nn.layers.Linear;
import nn.layers.MaxPool2d;
import nn.layers.Parameters;
import nn.layers.Paths;
import nn.layers.Sequential;
import org.opentest4j.TestAbortedException;

/// A training run as a reference file describes it: the network, the optimizer, the plan of
/// freezing.
record GoldenCase(Map<?, ?> json) {
  private static final RandomGenerator ANY = new SplittableRandom(1); // all weights are overwritten

  int steps() {
    return number(json, "steps").intValue();
  }

  /// The network with its initial weights.
  Sequential network(GoldenFile tensors) {
    Sequential model = new Sequential();
    for (Map<?, ?> layer : maps(json, "layers")) {
      model.add((String) layer.get("name"), layer(layer));
    }
    Set<String> given = new LinkedHashSet<>(tensors.names());
    for (Parameters.Entry entry : model.parameters()) {
      entry.parameter().value().set(tensors.array("initial/" + entry.path()));
      given.remove("initial/" + entry.path());
    }
    model
        .buffers()
        .forEach((path, buffer) -> {
          if (given.remove("initial/" + path)) {
            NdArray initial = tensors.array("initial/" + path);
            buffer.value().set(initial.reshape(buffer.shape()));
          }
        });
    given.removeIf(name -> !name.startsWith("initial/") || name.endsWith("num_batches_tracked"));
    if (!given.isEmpty()) {
      throw new AssertionError("the network has no place for " + given);
    }
    return model;
  }

  private static Layer layer(Map<?, ?> l) {
    return switch ((String) l.get("type")) {
      case "linear" -> new Linear(integer(l, "in", 0), integer(l, "out", 0), ANY);
      case "conv2d" -> {
        var conv =
            Conv2d.of(integer(l, "in", 0), integer(l, "out", 0), integer(l, "kernel", 1))
                .stride(integer(l, "stride", 1))
                .padding(integer(l, "padding", 0));
        yield (Boolean.FALSE.equals(l.get("bias")) ? conv.withoutBias() : conv).build(ANY);
      }
      case "batch_norm2d" -> new BatchNorm2d(integer(l, "features", 0));
      case "layer_norm" -> new LayerNorm(integer(l, "features", 0));
      case "relu" -> Activation.relu();
      case "gelu" -> Activation.gelu();
      case "max_pool2d" -> new MaxPool2d(integer(l, "kernel", 0));
      case "global_avg_pool2d" -> new GlobalAvgPool2d();
      default -> throw new TestAbortedException("no layer of type " + l.get("type") + " yet");
    };
  }

  Optimizer optimizer(Layer model) {
    Map<?, ?> o = (Map<?, ?>) json.get("optimizer");
    double rate = number(o, "lr").doubleValue();
    double decay = number(o, "weight_decay").doubleValue();
    List<ParameterGroup> groups = groups(o, model, rate);
    Optimizer optimizer =
        switch ((String) o.get("type")) {
          case "sgd" -> {
            double momentum = number(o, "momentum").doubleValue();
            Sgd sgd = new Sgd(groups).withDecay(decay);
            yield Boolean.TRUE.equals(o.get("nesterov"))
                ? sgd.withNesterovMomentum(momentum)
                : sgd.withMomentum(momentum);
          }
          case "adam" -> adam(new Adam(groups), o).withDecay(decay);
          case "adamw" -> adam(new AdamW(groups), o).withDecay(decay);
          default -> throw new TestAbortedException("no optimizer " + o.get("type") + " yet");
        };
    return o.containsKey("clip_norm")
        ? optimizer.withClipNorm(number(o, "clip_norm").doubleValue())
        : optimizer;
  }

  private static Adam adam(Adam adam, Map<?, ?> o) {
    List<?> betas = (List<?>) o.get("betas");
    return adam.withBetas(
        ((Number) betas.get(0)).doubleValue(), ((Number) betas.get(1)).doubleValue())
        .withEpsilon(number(o, "eps").doubleValue());
  }

  private static List<ParameterGroup> groups(Map<?, ?> o, Layer model, double rate) {
    if (!o.containsKey("groups")) {
      return List.of(ParameterGroup.of(model.parameters(), rate));
    }
    List<ParameterGroup> groups = new ArrayList<>();
    for (Map<?, ?> g : maps(o, "groups")) {
      String[] patterns = strings(g, "match").toArray(String[]::new);
      ParameterGroup group =
          ParameterGroup.of(
              model.parameters().matching(patterns),
              g.containsKey("lr") ? number(g, "lr").doubleValue() : rate);
      groups.add(
          g.containsKey("weight_decay")
              ? group.withDecay(number(g, "weight_decay").doubleValue())
              : group);
    }
    return groups;
  }

  /// Freezes and unfreezes as the plan says for the moment before this step.
  void freeze(Layer model, int step) {
    for (Map<?, ?> entry : maps(json, "plan")) {
      if (number(entry, "step").intValue() == step) {
        strings(entry, "freeze").forEach(path -> model.at(path).freeze());
        strings(entry, "unfreeze").forEach(path -> model.at(path).unfreeze());
        strings(entry, "untrainable")
            .forEach(path -> {
              Layer owner = model.at(Paths.parent(path));
              owner.parameters().matching(Paths.name(path)).trainable(false);
            });
      }
    }
  }

  private static Number number(Map<?, ?> object, String name) {
    if (object.get(name) instanceof Number number) {
      return number;
    }
    throw new AssertionError("no number " + name + " in " + object);
  }

  private static int integer(Map<?, ?> object, String name, int otherwise) {
    return object.containsKey(name) ? number(object, name).intValue() : otherwise;
  }

  private static List<Map<?, ?>> maps(Map<?, ?> object, String name) {
    List<Map<?, ?>> maps = new ArrayList<>();
    if (object.get(name) instanceof List<?> list) {
      list.forEach(entry -> maps.add((Map<?, ?>) entry));
    }
    return maps;
  }

  private static List<String> strings(Map<?, ?> object, String name) {
    return object.get(name) instanceof List<?> list
        ? list.stream().map(String.class::cast).toList()
        : List.of();
  }
}

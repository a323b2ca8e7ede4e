package nn.benchmarks.peers;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.pooling.Pool;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import nn.layers.Layer;

/// The networks of the zoo out of PyTorch's functions, with the weights of ours.
final class TorchNetwork {
  private final String name;
  private final Map<String, NDArray> weights = new LinkedHashMap<>();
  private final Map<String, NDArray> statistics = new LinkedHashMap<>();
  private boolean training;

  TorchNetwork(String name, Layer ours) {
    this.name = name;
    ours.parameters().forEach(e -> weights.put(e.path(), Torch.array(e.parameter().value())));
    ours.buffers().forEach((path, buffer) -> statistics.put(path, Torch.array(buffer.value())));
  }

  NDArray infer(NDArray x) {
    training = false;
    return forward(x);
  }

  /// Forward, mean of the cross entropy, backward, and a step of plain gradient descent on the parameters whose path begins
  /// with `trained`.
  ///
  /// @return the loss
  float step(NDArray x, NDArray labels, String trained, float rate) {
    training = true;
    Map<String, NDArray> before = new LinkedHashMap<>(weights);
    try (NDManager manager = Torch.manager().newSubManager()) {
      NDArray input = x.stopGradient();
      input.attach(manager);
      weights.replaceAll(
          (path, w) -> path.startsWith(trained) ? Torch.leaf(w) : w);
      NDArray scores = forward(input);
      NDArray loss = scores.logSoftmax(1).mul(labels).sum().mul(-1f / x.getShape().get(0));
      Torch.backward(loss);
      before.forEach((path, w) -> {
        if (path.startsWith(trained)) {
          NDArray leaf = weight(path);
          NDArray gradient = leaf.getGradient();
          w.subi(gradient.muli(rate));
          gradient.close();
          leaf.close();
        }
      });
      return loss.getFloat();
    } finally {
      weights.putAll(before);
    }
  }

  private NDArray weight(String path) {
    return Objects.requireNonNull(weights.get(path), path);
  }

  private NDArray forward(NDArray x) {
    return switch (name) {
      case "resnet18" -> resnet(x, new int[] {2, 2, 2, 2}, false);
      case "resnet50" -> resnet(x, new int[] {3, 4, 6, 3}, true);
      case "mobilenet_v2" -> mobileNet(x);
      case "cifar-resnet20" -> cifarResnet(x, 3);
      default -> throw new IllegalArgumentException(name);
    };
  }

  private NDArray resnet(NDArray x, int[] depths, boolean bottleneck) {
    NDArray y = Activation.relu(norm(conv(x, "conv1", 2, 3, 1), "bn1"));
    y = Pool.maxPool2d(y, new Shape(3, 3), new Shape(2, 2), new Shape(1, 1), false);
    for (int stage = 0; stage < 4; stage++) {
      for (int i = 0; i < depths[stage]; i++) {
        String at = "layer" + (stage + 1) + "." + i + ".";
        int step = stage > 0 && i == 0 ? 2 : 1;
        NDArray z;
        if (bottleneck) {
          z = Activation.relu(norm(conv(y, at + "conv1", 1, 0, 1), at + "bn1"));
          z = Activation.relu(norm(conv(z, at + "conv2", step, 1, 1), at + "bn2"));
          z = norm(conv(z, at + "conv3", 1, 0, 1), at + "bn3");
        } else {
          z = Activation.relu(norm(conv(y, at + "conv1", step, 1, 1), at + "bn1"));
          z = norm(conv(z, at + "conv2", 1, 1, 1), at + "bn2");
        }
        if (weights.containsKey(at + "downsample.0.weight")) {
          y = norm(conv(y, at + "downsample.0", step, 0, 1), at + "downsample.1");
        }
        y = Activation.relu(z.add(y));
      }
    }
    return linear(Pool.globalAvgPool2d(y), "fc");
  }

  private NDArray cifarResnet(NDArray x, int blocks) {
    NDArray y = Activation.relu(norm(conv(x, "conv1", 1, 1, 1), "bn1"));
    for (int stage = 0; stage < 3; stage++) {
      for (int i = 0; i < blocks; i++) {
        String at = "layer" + (stage + 1) + "." + i + ".";
        int step = stage > 0 && i == 0 ? 2 : 1;
        NDArray z = Activation.relu(norm(conv(y, at + "conv1", step, 1, 1), at + "bn1"));
        z = norm(conv(z, at + "conv2", 1, 1, 1), at + "bn2");
        if (step == 2) { // every second pixel, and channels of zeros on both sides
          NDArray half = y.get(":, :, ::2, ::2");
          long pad = half.getShape().get(1) / 2;
          NDArray none =
              half.getManager().zeros(
                  new Shape(
                      half.getShape().get(0), pad, half.getShape().get(2),
                      half.getShape().get(3)));
          y = none.concat(half, 1).concat(none, 1);
        }
        y = Activation.relu(z.add(y));
      }
    }
    return linear(Pool.globalAvgPool2d(y), "linear");
  }

  private NDArray mobileNet(NDArray x) {
    NDArray y = Activation.relu6(norm(conv(x, "features.0.0", 2, 1, 1), "features.0.1"));
    int[][] stages = {{1, 16, 1, 1}, {6, 24, 2, 2}, {6, 32, 3, 2}, {6, 64, 4, 2}, {6, 96, 3, 1},
        {6, 160, 3, 2}, {6, 320, 1, 1}};
    int block = 1;
    for (int[] stage : stages) {
      for (int i = 0; i < stage[2]; i++) {
        String at = "features." + block++ + ".conv.";
        int step = i == 0 ? stage[3] : 1;
        NDArray z = y;
        int part = 0;
        if (stage[0] > 1) {
          z = Activation.relu6(norm(conv(z, at + "0.0", 1, 0, 1), at + "0.1"));
          part = 1;
        }
        int inner = (int) z.getShape().get(1);
        z = Activation.relu6(
            norm(conv(z, at + part + ".0", step, 1, inner), at + part + ".1"));
        z = norm(conv(z, at + (part + 1), 1, 0, 1), at + (part + 2));
        y = step == 1 && z.getShape().equals(y.getShape()) ? y.add(z) : z;
      }
    }
    y = Activation.relu6(norm(conv(y, "features.18.0", 1, 0, 1), "features.18.1"));
    return linear(Pool.globalAvgPool2d(y), "classifier.1");
  }

  private NDArray conv(NDArray x, String path, int step, int padding, int groups) {
    return Conv2d.conv2d(
        x, weight(path + ".weight"), null, new Shape(step, step),
        new Shape(padding, padding), new Shape(1, 1), groups).singletonOrThrow();
  }

  private NDArray norm(NDArray x, String path) {
    return BatchNorm.batchNorm(
        x, statistics.get(path + ".running_mean"), statistics.get(path + ".running_var"),
        weight(path + ".weight"), weight(path + ".bias"), 1, 0.1f, 1e-5f, training)
        .singletonOrThrow();
  }

  private NDArray linear(NDArray x, String path) {
    NDArray flat = x.reshape(x.getShape().get(0), -1);
    return flat.matMul(weight(path + ".weight").transpose()).add(weight(path + ".bias"));
  }
}

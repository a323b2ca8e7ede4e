package nn.benchmarks.peers;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.pooling.Pool;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import nn.layers.Layer;

/// The networks of the zoo out of PyTorch's functions, with the weights of ours.
///
/// What a layer has used is closed at once, as Python's variables let go of it: kept until the end of a pass, as DJL does by
/// itself, it cost ResNet-18 a sixth of its time at inference. Sums are taken in place, as in PyTorch's own networks.
final class TorchNetwork {
  private final String name;
  private final Map<String, NDArray> weights = new LinkedHashMap<>();
  private final Map<String, NDArray> statistics = new LinkedHashMap<>();
  private boolean training;

  /// @param channelsLast how the convolutions' weights lie in memory; the images should lie the same way
  TorchNetwork(String name, Layer ours, boolean channelsLast) {
    this.name = name;
    ours.parameters().forEach(
        e -> weights.put(e.path(), Torch.array(e.parameter().value(), channelsLast)));
    ours.buffers().forEach((path, buffer) -> statistics.put(path, Torch.array(buffer.value())));
  }

  NDArray infer(NDArray x) {
    training = false;
    return forward(x);
  }

  /// Forward, mean of the cross entropy, backward, and a step of plain gradient descent. The gradients come multiplied by the
  /// rate, so that the step is a single pass over the weights, as in PyTorch's own optimizer.
  ///
  /// @return the loss
  float step(NDArray x, NDArray labels, float rate) {
    training = true;
    Map<String, NDArray> before = new LinkedHashMap<>(weights);
    try (NDManager manager = Torch.manager().newSubManager()) {
      NDArray input = x.stopGradient();
      input.attach(manager);
      weights.replaceAll((_, w) -> Torch.leaf(w));
      NDArray scores = forward(input);
      NDArray loss = scores.logSoftmax(1).mul(labels).sum().mul(-1f / x.getShape().get(0));
      Torch.backward(loss, rate);
      before.forEach((path, w) -> {
        NDArray leaf = weight(path);
        NDArray gradient = leaf.getGradient();
        w.subi(gradient);
        gradient.close();
        leaf.close();
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
    NDArray y = relu(norm(conv(x, "conv1", 2, 3, 1), "bn1"));
    y = instead(
        y, Pool.maxPool2d(y, new Shape(3, 3), new Shape(2, 2), new Shape(1, 1), false));
    for (int stage = 0; stage < 4; stage++) {
      for (int i = 0; i < depths[stage]; i++) {
        String at = "layer" + (stage + 1) + "." + i + ".";
        int step = stage > 0 && i == 0 ? 2 : 1;
        NDArray z;
        if (bottleneck) {
          z = relu(norm(conv(y, at + "conv1", 1, 0, 1), at + "bn1"));
          z = relu(norm(next(z, at + "conv2", step, 1, 1), at + "bn2"));
          z = norm(next(z, at + "conv3", 1, 0, 1), at + "bn3");
        } else {
          z = relu(norm(conv(y, at + "conv1", step, 1, 1), at + "bn1"));
          z = norm(next(z, at + "conv2", 1, 1, 1), at + "bn2");
        }
        if (weights.containsKey(at + "downsample.0.weight")) {
          y = norm(next(y, at + "downsample.0", step, 0, 1), at + "downsample.1");
        }
        y = relu(add(z, y));
      }
    }
    return linear(y, "fc");
  }

  private NDArray cifarResnet(NDArray x, int blocks) {
    NDArray y = relu(norm(conv(x, "conv1", 1, 1, 1), "bn1"));
    for (int stage = 0; stage < 3; stage++) {
      for (int i = 0; i < blocks; i++) {
        String at = "layer" + (stage + 1) + "." + i + ".";
        int step = stage > 0 && i == 0 ? 2 : 1;
        NDArray z = relu(norm(conv(y, at + "conv1", step, 1, 1), at + "bn1"));
        z = norm(next(z, at + "conv2", 1, 1, 1), at + "bn2");
        if (step == 2) { // every second pixel, and channels of zeros on both sides
          NDArray half = y.get(":, :, ::2, ::2");
          Shape shape = half.getShape();
          NDArray none =
              half.getManager().zeros(
                  new Shape(
                      shape.get(0), shape.get(1) / 2, shape.get(2), shape.get(3)));
          y = instead(y, NDArrays.concat(new NDList(none, half, none), 1));
          none.close();
          half.close();
        }
        y = relu(add(z, y));
      }
    }
    return linear(y, "linear");
  }

  private NDArray mobileNet(NDArray x) {
    NDArray y = relu6(norm(conv(x, "features.0.0", 2, 1, 1), "features.0.1"));
    int[][] stages = {{1, 16, 1, 1}, {6, 24, 2, 2}, {6, 32, 3, 2}, {6, 64, 4, 2}, {6, 96, 3, 1},
        {6, 160, 3, 2}, {6, 320, 1, 1}};
    int block = 1;
    for (int[] stage : stages) {
      for (int i = 0; i < stage[2]; i++) {
        String at = "features." + block++ + ".conv.";
        int step = i == 0 ? stage[3] : 1;
        int inner = (int) y.getShape().get(1) * stage[0];
        int part = stage[0] > 1 ? 1 : 0;
        NDArray z =
            part == 0 ? y : relu6(norm(conv(y, at + "0.0", 1, 0, 1), at + "0.1"));
        z = relu6(
            norm(
                part == 0
                    ? conv(z, at + part + ".0", step, 1, inner)
                    : next(z, at + part + ".0", step, 1, inner),
                at + part + ".1"));
        z = norm(next(z, at + (part + 1), 1, 0, 1), at + (part + 2));
        y = z.getShape().equals(y.getShape()) ? add(z, y) : instead(y, z);
      }
    }
    y = relu6(norm(next(y, "features.18.0", 1, 0, 1), "features.18.1"));
    return linear(y, "classifier.1");
  }

  private NDArray conv(NDArray x, String path, int step, int padding, int groups) {
    return Conv2d.conv2d(
        x, weight(path + ".weight"), null, new Shape(step, step),
        new Shape(padding, padding), new Shape(1, 1), groups).singletonOrThrow();
  }

  // From here on, what goes in is closed.

  private NDArray next(NDArray x, String path, int step, int padding, int groups) {
    return instead(x, conv(x, path, step, padding, groups));
  }

  private NDArray norm(NDArray x, String path) {
    return instead(
        x,
        BatchNorm.batchNorm(
            x, statistics.get(path + ".running_mean"), statistics.get(path + ".running_var"),
            weight(path + ".weight"), weight(path + ".bias"), 1, 0.1f, 1e-5f, training)
            .singletonOrThrow());
  }

  private NDArray linear(NDArray x, String path) {
    NDArray pooled = instead(x, Pool.globalAvgPool2d(x));
    NDArray flat = pooled.reshape(x.getShape().get(0), -1);
    return flat.matMul(weight(path + ".weight").transpose()).add(weight(path + ".bias"));
  }

  private NDArray relu(NDArray x) {
    return instead(x, Rectifier.RELU.of(x, training));
  }

  private NDArray relu6(NDArray x) {
    return instead(x, Rectifier.RELU6.of(x, training));
  }

  private static NDArray add(NDArray x, NDArray y) {
    return instead(y, x.addi(y));
  }

  private static NDArray instead(NDArray used, NDArray result) {
    used.close();
    return result;
  }
}

package nn.finetune;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.StringJoiner;

/// How a training run went.
///
/// @param epochs each epoch that was done
/// @param best the epoch whose weights the network has now; empty if no epoch was done
/// @param end why the run ended
/// @param proof what was frozen, and that it is unchanged
/// @param seconds how long the run took
public record History(
    List<EpochResult> epochs,
    Optional<EpochResult> best,
    End end,
    FrozenReport proof,
    double seconds) {
  /// Why a run ended.
  public enum End {
    /// All epochs were done.
    COMPLETED,
    /// The validation did not get better any more.
    EARLY_STOP,
    /// Somebody called [Trainer#stop].
    STOPPED
  }

  public History {
    epochs = List.copyOf(epochs);
  }

  /// This history as JSON: an object with `epochs`, `bestEpoch`, `end`, `frozen` and `seconds`.
  public String toJson() {
    StringJoiner list = new StringJoiner(",\n    ", "[\n    ", "\n  ]");
    list.setEmptyValue("[]");
    epochs.forEach(epoch -> list.add(toJson(epoch)));
    return "{\n  \"epochs\": "
        + list
        + ",\n  \"bestEpoch\": "
        + best.map(b -> Integer.toString(b.epoch())).orElse("null")
        + ",\n  \"end\": \""
        + end.name().toLowerCase(Locale.ROOT)
        + "\",\n  \"frozen\": {\"tensors\": "
        + proof.tensors()
        + ", \"bytes\": "
        + proof.bytes()
        + ", \"unchanged\": "
        + proof.unchanged()
        + "},\n  \"seconds\": "
        + seconds
        + "\n}\n";
  }

  private static String toJson(EpochResult epoch) {
    String validation =
        epoch
            .validation()
            .map(
                v -> ", \"validationLoss\": "
                    + v.loss()
                    + ", \"validationAccuracy\": "
                    + v.accuracy()
                    + ", \"validationRight\": "
                    + v.right()
                    + ", \"validationImages\": "
                    + v.total())
            .orElse("");
    return "{\"epoch\": "
        + epoch.epoch()
        + ", \"loss\": "
        + epoch.loss()
        + ", \"accuracy\": "
        + epoch.accuracy()
        + ", \"images\": "
        + epoch.images()
        + ", \"rate\": "
        + epoch.rate()
        + ", \"seconds\": "
        + epoch.seconds()
        + validation
        + "}";
  }
}

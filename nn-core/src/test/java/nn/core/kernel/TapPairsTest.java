package nn.core.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TapPairsTest {
  /// A tile's planes of numbers that begin at `at`.
  private static double plane(double[] d, int at, int plane) {
    int from = at + plane / 4;
    return switch (plane % 4) {
      case 0 -> d[from] - d[from + 2];
      case 1 -> d[from + 2];
      case 2 -> d[from + 4] - d[from + 2];
      default -> d[from];
    };
  }

  @ParameterizedTest
  @CsvSource({"1, 2", "2, 4", "3, 5", "4, 6", "5, 8", "6, 10", "7, 11", "8, 12", "9, 14"})
  void twoNeighbouringOutputsAreSumsOfFewerProducts(int taps, int products) {
    SplittableRandom random = new SplittableRandom(taps);
    double[] d = random.doubles(40).toArray();
    double[] g = random.doubles(taps).toArray();
    double first = 0;
    double second = 0;
    for (int k = 0; k < taps; k++) {
      first += d[k] * g[k];
      second += d[k + 2] * g[k];
    }
    TapPairs pairs = new TapPairs(taps);
    double[] sums = new double[TapPairs.KINDS];
    int count = 0;
    for (int kind = 0; kind < TapPairs.KINDS; kind++) {
      for (TapPairs.Term term : pairs.terms(kind)) {
        double weight = g[term.tap()] + (term.other() < 0 ? 0 : g[term.other()]);
        sums[kind] += plane(d, 4 * term.shift(), term.plane()) * weight;
        count++;
      }
    }
    assertEquals(products, count);
    assertEquals(first, sums[TapPairs.FIRST] + sums[TapPairs.BOTH], 1e-12);
    assertEquals(second, sums[TapPairs.BOTH] + sums[TapPairs.SECOND], 1e-12);
  }
}

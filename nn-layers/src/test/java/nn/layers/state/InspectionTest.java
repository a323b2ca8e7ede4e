package nn.layers.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import nn.core.NdArray;
import org.junit.jupiter.api.Test;

class InspectionTest {
  private static Inspection of(String name, float... values) throws IOException {
    return Inspection.of(HandMade.vector(name, values));
  }

  private static List<String> suspicions(float... values) throws IOException {
    return of("x", values).suspicions();
  }

  @Test
  void rangeMeanAndDeviationAreThoseOfTheNumbers() throws IOException {
    Inspection inspection = of("x", 1, 2, 3, 6);
    assertEquals(1, inspection.min());
    assertEquals(6, inspection.max());
    assertEquals(3, inspection.mean());
    assertEquals(Math.sqrt(3.5), inspection.deviation(), 1e-12);
    assertEquals(List.of(), inspection.suspicions());
  }

  @Test
  void whatIsNotANumberIsCountedAndLeftOutOfTheMean() throws IOException {
    Inspection inspection =
        of("x", 1, Float.NaN, 3, Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY);
    assertEquals(2, inspection.notANumber());
    assertEquals(2, inspection.infinite());
    assertEquals(2, inspection.mean());
    assertEquals(Double.NEGATIVE_INFINITY, inspection.min());
    assertEquals(Double.POSITIVE_INFINITY, inspection.max());
    assertEquals(List.of("2 NaN", "2 infinite"), inspection.suspicions());
  }

  @Test
  void nothingButNaNHasNoRange() throws IOException {
    Inspection inspection = of("x", Float.NaN);
    assertTrue(Double.isNaN(inspection.min()) && Double.isNaN(inspection.mean()));
    assertEquals(List.of("1 NaN"), inspection.suspicions());
  }

  @Test
  void suspiciousNumbersAreNamed() throws IOException {
    assertEquals(List.of("empty"), suspicions());
    assertEquals(List.of("all zero"), suspicions(0, 0));
    assertEquals(List.of("all 0.5"), suspicions(0.5f, 0.5f));
    assertEquals(List.of(), suspicions(0.5f));
    assertEquals(List.of("very large numbers"), suspicions(1, -20_000));
    assertEquals(List.of("2 denormal"), suspicions(1, 1e-40f, -1e-40f));
    assertEquals(
        List.of("a negative variance"), of("norm.running_var", 1, -0.1f).suspicions());
    assertEquals(List.of(), of("norm.running_mean", 1, -0.1f).suspicions());
  }

  @Test
  void countsAreNotSuspicious() throws IOException {
    StoredTensor count =
        StoredTensor.of("num_batches_tracked", DType.I64, NdArray.vector(90_000f, 90_000f));
    assertEquals(List.of(), Inspection.of(count).suspicions());
  }

  @Test
  void theHashIsThatOfTheStoredBytes() throws IOException {
    assertEquals(Sha256.of(NdArray.vector(1, 2)), of("x", 1, 2).sha256());
  }
}

package nn.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/// Arithmetic on shapes that differ, against indices spelled out.
class BroadcastTest {
  @Property(tries = 300)
  void everyResultIsMadeOfTheNumbersThatItsIndexNames(
      @ForAll @IntRange(max = 4) int rank,
      @ForAll @IntRange(max = 4) int missing,
      @ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int[] extents = new int[rank];
    int[] aExtents = new int[rank];
    int[] bExtents = new int[Math.max(0, rank - missing)];
    for (int i = 0; i < rank; i++) {
      extents[i] = random.nextInt(1, 6);
      boolean stretchA = random.nextInt(3) == 0;
      aExtents[i] = stretchA ? 1 : extents[i];
      int own = i - (rank - bExtents.length);
      if (own >= 0) {
        bExtents[own] = !stretchA && random.nextInt(3) == 0 ? 1 : extents[i];
      } else {
        aExtents[i] = extents[i];
      }
    }
    NdArray a = NdArray.normal(Shape.of(aExtents), 1, random);
    NdArray b = NdArray.normal(Shape.of(bExtents), 1, random);
    NdArray sum = a.plus(b);
    NdArray difference = b.minus(a);
    NdArray product = a.times(b);
    NdArray quotient = a.dividedBy(b);
    assertEquals(Shape.of(extents), sum.shape());
    for (int i = 0; i < sum.size(); i++) {
      float x = at(a, extents, i);
      float y = at(b, extents, i);
      assertEquals(x + y, sum.array()[i]);
      assertEquals(y - x, difference.array()[i]);
      assertEquals(x * y, product.array()[i]);
      assertEquals(x / y, quotient.array()[i]);
    }
    // ⟨stretch(b), y⟩ = ⟨b, sumTo(y)⟩: summing is the way back
    NdArray weights = NdArray.normal(sum.shape(), 1, random);
    double there = 0;
    for (int i = 0; i < weights.size(); i++) {
      there += (double) weights.array()[i] * at(b, extents, i);
    }
    NdArray back = weights.sumTo(b.shape());
    double here = 0;
    for (int i = 0; i < b.size(); i++) {
      here += (double) back.array()[i] * b.array()[i];
    }
    assertEquals(there, here, 1e-4);
  }

  /// The number of an array that stands at position `i` of the whole shape.
  private static float at(NdArray array, int[] extents, int i) {
    int at = 0;
    int step = 1;
    int rest = i;
    for (int axis = extents.length - 1; axis >= 0; axis--) {
      int own = axis - (extents.length - array.shape().rank());
      int index = rest % extents[axis];
      rest /= extents[axis];
      if (own >= 0 && array.shape().dim(own) != 1) {
        at += index * step;
        step *= array.shape().dim(own);
      }
    }
    return array.array()[at];
  }

  @Test
  void shapesThatDoNotFitAreBothNamed() {
    NdArray a = NdArray.zeros(Shape.of(2, 3));
    NdArray b = NdArray.zeros(Shape.of(4));
    ShapeException error = assertThrows(ShapeException.class, () -> a.plus(b));
    assertEquals(
        "plus: [2×3] and [4]: extents 3 and 4 differ and neither is 1, so neither can be stretched",
        error.getMessage());
  }
}

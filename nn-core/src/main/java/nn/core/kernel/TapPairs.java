package nn.core.kernel;

import java.util.ArrayList;
import java.util.List;

/// How two neighbouring outputs of a convolution with a step of 2 share products, along one dimension: [VectorTransformsStep2] for kernels of any
/// length. Taps two apart make pairs, those at even places and those at odd ones. Of a pair (g0, g1) and the numbers d0, d1, d2 that it meets in
/// either output,
///
/// ```text
/// y0 += d0 g0 + d1 g1        = (d0 − d1) g0 + d1 (g0 + g1)
/// y1 +=         d1 g0 + d2 g1 =               d1 (g0 + g1) + (d2 − d1) g1
/// ```
///
/// three products in place of four. A tap that is left over takes two. So 7 taps need 11 products for two outputs, in place of 14.
///
/// A tile of two outputs begins 4 numbers behind the one before. What all tiles see of one kind lies side by side in a plane, and what
/// a tile sees of its second pair its neighbour sees of the first: the same plane, a tile further.
final class TapPairs {
  /// Kinds of products, by the outputs that they belong to.
  static final int KINDS = 3;

  /// Products of a tile's first output, of both, of the second.
  static final int FIRST = 0;

  static final int BOTH = 1;
  static final int SECOND = 2;

  /// Planes: four of the even numbers of an image, and behind them four of the odd ones.
  static final int PLANES = 8;

  /// The planes of d0 − d1, d1, d2 − d1 and d0.
  static final int LEFT = 0;

  static final int MIDDLE = 1;
  static final int RIGHT = 2;
  static final int ALONE = 3;

  /// From a plane of the even numbers to that of the odd ones.
  static final int ODD = 4;

  /// One product.
  ///
  /// @param plane what it takes of the image
  /// @param shift from which tile on
  /// @param tap what it takes of the kernel
  /// @param other the tap that is added to it, or −1
  record Term(int plane, int shift, int tap, int other) {}

  private final List<List<Term>> terms =
      List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
  private final boolean[] used = new boolean[PLANES];
  private final int reach;

  TapPairs(int taps) {
    for (int odd = 0; odd < 2; odd++) {
      int tap = odd;
      for (int shift = 0; tap < taps; shift++, tap += 4) {
        if (tap + 2 < taps) {
          add(FIRST, ODD * odd + LEFT, shift, tap, -1);
          add(BOTH, ODD * odd + MIDDLE, shift, tap, tap + 2);
          add(SECOND, ODD * odd + RIGHT, shift, tap + 2, -1);
        } else {
          add(FIRST, ODD * odd + ALONE, shift, tap, -1);
          add(SECOND, ODD * odd + MIDDLE, shift, tap, -1);
        }
      }
    }
    reach = terms.stream().flatMap(List::stream).mapToInt(Term::shift).max().orElse(0);
  }

  private void add(int kind, int plane, int shift, int tap, int other) {
    terms.get(kind).add(new Term(plane, shift, tap, other));
    used[plane] = true;
  }

  /// The products of a kind.
  List<Term> terms(int kind) {
    return terms.get(kind);
  }

  /// Whether any product takes something of a plane.
  boolean uses(int plane) {
    return used[plane];
  }

  /// The most tiles that a product is shifted by.
  int reach() {
    return reach;
  }
}

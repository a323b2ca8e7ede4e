package nn.core.kernel;

import java.util.Arrays;

/// Some taps of the kernel, and where they are.
///
/// @param down for each, its row, counted from the first tap's
/// @param offsets for each input channel and tap, where it is, seen from the output pixel's place
/// @param wide for each input channel and tap, where its weights stand in a block of [ChannelBlocks#WIDE] channels
/// @param narrow the same for a block of [ChannelBlocks#NARROW]
record Taps(int[] down, int[] offsets, int[] wide, int[] narrow) {
  /// Whether the weights lie one after the other.
  boolean inARow() {
    int last = wide.length - 1;
    return last < 0 || wide[last] - wide[0] == last * ChannelBlocks.WIDE;
  }

  /// Those at some places.
  Taps only(int[] places) {
    return new Taps(down, pick(offsets, places), pick(wide, places), pick(narrow, places));
  }

  private static int[] pick(int[] from, int[] places) {
    return Arrays.stream(places).map(p -> from[p]).toArray();
  }
}

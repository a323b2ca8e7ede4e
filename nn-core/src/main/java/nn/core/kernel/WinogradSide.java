package nn.core.kernel;

/// The tiles of an image in [WinogradForm] and [WinogradGradientForm]: along each dimension numbers that overlap with those of the next
/// tile, and a map from them to what is multiplied.
///
/// @param reach numbers of a tile
/// @param apart from one tile to the next
/// @param map of `reach` numbers
/// @param mapped how many become of them
/// @param ofPlace which pair of the mapped numbers each place's product takes, in two dimensions
record WinogradSide(int reach, int apart, Lines map, int mapped, int[] ofPlace) {
  /// Maps so many lines of vectors: line i reads vectors from `at + i·lineStep` on, `step` apart, and writes them likewise.
  @FunctionalInterface
  interface Lines {
    void map(
        int lines, float[] d, int at, int lineStep, int step, float[] t, int tAt, int tLineStep,
        int tStep);
  }

  /// @param ofPoint which of the mapped numbers each point's product takes, along one dimension
  static WinogradSide of(int reach, int apart, Lines map, int mapped, int... ofPoint) {
    return new WinogradSide(reach, apart, map, mapped, places(mapped, ofPoint));
  }

  /// The same choice in two dimensions: places are pairs of points, row by row.
  static int[] places(int mapped, int... ofPoint) {
    int points = ofPoint.length;
    int[] places = new int[points * points];
    for (int i = 0; i < places.length; i++) {
      places[i] = ofPoint[i / points] * mapped + ofPoint[i % points];
    }
    return places;
  }

  /// Pairs of the mapped numbers: what a tile becomes in two dimensions.
  int planes() {
    return mapped * mapped;
  }
}

package nn.core.kernel;

/// The tiles of an image in [WinogradForm] and [WinogradGradientForm]: along each dimension numbers that overlap with those of the next
/// tile, and a map from them to what is multiplied.
///
/// @param reach numbers of a tile
/// @param apart from one tile to the next
/// @param map of a tile of `reach` by `reach` vectors
/// @param mapped how many become of them
/// @param ofPlace which pair of the mapped numbers each place's product takes, in two dimensions
record WinogradSide(int reach, int apart, Map map, int mapped, int[] ofPlace) {
  /// Maps a square of vectors from `at` on, `step` apart in a row and its rows `rowStep`, to another from `tAt` on, all of whose vectors lie `tStep`
  /// apart. `half` is for the half way: mapped along columns, not yet along rows.
  @FunctionalInterface
  interface Map {
    void map(
        float[] d, int at, int step, int rowStep, float[] half, float[] t, int tAt, int tStep);
  }

  /// @param ofPoint which of the mapped numbers each point's product takes, along one dimension
  static WinogradSide of(int reach, int apart, Map map, int mapped, int... ofPoint) {
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

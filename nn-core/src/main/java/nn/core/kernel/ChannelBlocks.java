package nn.core.kernel;

/// The output channels of a convolution in blocks that are lanes of a tile, group by group, and where each block's packed weights
/// stand: one block after the other.
///
/// @param groups the convolution's
/// @param perGroup output channels of a group
/// @param depth weights of an output channel
record ChannelBlocks(int groups, int perGroup, int depth) {
  /// Packs the weights of a block of output channels: from `channel` on, counted through all groups, `lanes` of them. For each of
  /// the [VectorSweeps#taps()], one after the other, `width` numbers for each input channel and tap.
  @FunctionalInterface
  interface Pack {
    void block(int channel, int lanes, int width, float[] packed, int to);
  }

  static final int WIDE = VectorTile.WIDTH;
  static final int NARROW = WIDE / 2;

  /// The blocks of all groups.
  int count() {
    return groups * ofGroup();
  }

  private int ofGroup() {
    return Math.ceilDiv(perGroup, WIDE);
  }

  int group(int block) {
    return block / ofGroup();
  }

  /// A block's first channel, counted through all groups.
  int channel(int block) {
    return group(block) * perGroup + block % ofGroup() * WIDE;
  }

  /// How many channels a block has.
  int lanes(int block) {
    return Math.min(WIDE, perGroup - block % ofGroup() * WIDE);
  }

  /// How many numbers a block's packed weights have for each input channel and tap.
  int width(int block) {
    return lanes(block) > NARROW ? WIDE : NARROW;
  }

  /// How many numbers the packed weights of all blocks take.
  int weights() {
    return groups * weightsOfGroup();
  }

  private int weightsOfGroup() {
    int last = ofGroup() - 1;
    return (last * WIDE + width(last)) * depth;
  }

  /// Where a block's packed weights begin.
  int weightsAt(int block) {
    return group(block) * weightsOfGroup() + block % ofGroup() * WIDE * depth;
  }

  void pack(Pack pack, int block, float[] packed, int to) {
    pack.block(channel(block), lanes(block), width(block), packed, to);
  }

  /// Packs all blocks, on all threads.
  float[] packAll(Pack pack, float[] packed) {
    Parallel.chunks(count(), block -> pack(pack, block, packed, weightsAt(block)));
    return packed;
  }
}

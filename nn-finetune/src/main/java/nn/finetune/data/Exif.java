package nn.finetune.data;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import nn.layers.image.Pixels;

/// How a camera was held, which it notes in its JPEGs instead of turning the pixels: tag 0x0112 of
/// EXIF, 1 to 8.
final class Exif {
  private static final int START_OF_SCAN = 0xda;
  private static final int APP1 = 0xe1;
  private static final int EXIF = 0x45786966; // "Exif"
  private static final int ORIENTATION = 0x0112;
  private static final int UPRIGHT = 1;

  private Exif() {}

  /// The orientation noted in a JPEG; 1 (upright) if there is none, or nonsense.
  static int orientation(byte[] jpeg) {
    ByteBuffer in = ByteBuffer.wrap(jpeg);
    if (jpeg.length < 4 || in.getShort(0) != (short) 0xffd8) {
      return UPRIGHT;
    }
    int at = 2;
    while (at + 4 <= jpeg.length && (jpeg[at] & 0xff) == 0xff) { // segment by segment
      int marker = jpeg[at + 1] & 0xff;
      if (marker == 0xff) { // padding before a marker
        at++;
        continue;
      }
      int length = in.getShort(at + 2) & 0xffff;
      if (marker == START_OF_SCAN || length < 2) {
        return UPRIGHT;
      }
      int end = Math.min(jpeg.length, at + 2 + length);
      if (marker == APP1 && end - at >= 10 && in.getInt(at + 4) == EXIF) {
        return ofTiff(in.slice(at + 10, end - at - 10));
      }
      at += 2 + length;
    }
    return UPRIGHT;
  }

  /// EXIF is a small TIFF: a byte order, then a directory of entries of 12 bytes.
  private static int ofTiff(ByteBuffer tiff) {
    if (tiff.limit() < 8) {
      return UPRIGHT;
    }
    tiff.order(tiff.get(0) == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    int directory = tiff.getInt(4);
    if (directory < 0 || directory > tiff.limit() - 2) {
      return UPRIGHT;
    }
    int entries = tiff.getShort(directory) & 0xffff;
    for (int i = 0; i < entries; i++) {
      int entry = directory + 2 + 12 * i;
      if (entry + 12 > tiff.limit()) {
        return UPRIGHT;
      }
      if ((tiff.getShort(entry) & 0xffff) == ORIENTATION) {
        int value = tiff.getShort(entry + 8) & 0xffff;
        return value >= 1 && value <= 8 ? value : UPRIGHT;
      }
    }
    return UPRIGHT;
  }

  /// The image as it was seen: turned and mirrored by its orientation.
  static Pixels upright(Pixels image, int orientation) {
    return switch (orientation) {
      case 2 -> image.flip();
      case 3 -> image.rotate180();
      case 4 -> image.rotate180().flip(); // upside down
      case 5 -> image.transpose();
      case 6 -> image.transpose().flip(); // 90° clockwise
      case 7 -> image.rotate180().transpose(); // transposed at the other diagonal
      case 8 -> image.flip().transpose(); // 90° counter-clockwise
      default -> image;
    };
  }
}

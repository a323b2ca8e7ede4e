package nn.finetune.data;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import nn.layers.image.Pixels;

/// How a camera was held, which it notes in its JPEGs instead of turning the pixels: tag 0x0112 of EXIF, 1 to 8.
final class Exif {
  private static final int ORIENTATION = 0x0112;

  private Exif() {}

  /// The orientation noted in a JPEG; 1 (upright) if there is none.
  static int orientation(byte[] jpeg) {
    ByteBuffer in = ByteBuffer.wrap(jpeg);
    if (jpeg.length < 4 || in.getShort(0) != (short) 0xffd8) {
      return 1;
    }
    int at = 2;
    while (at + 4 <= jpeg.length && (jpeg[at] & 0xff) == 0xff) { // segment by segment
      int marker = jpeg[at + 1] & 0xff;
      int length = in.getShort(at + 2) & 0xffff;
      if (marker == 0xda || length < 2) { // the image begins
        return 1;
      }
      int end = Math.min(jpeg.length, at + 2 + length);
      if (marker == 0xe1 && end - at >= 10 && in.getInt(at + 4) == 0x45786966) { // APP1, "Exif"
        return ofTiff(ByteBuffer.wrap(jpeg, at + 10, end - at - 10).slice());
      }
      at += 2 + length;
    }
    return 1;
  }

  private static int ofTiff(ByteBuffer tiff) {
    if (tiff.limit() < 8) {
      return 1;
    }
    tiff.order(tiff.get(0) == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    int directory = tiff.getInt(4);
    if (directory < 0 || directory > tiff.limit() - 2) {
      return 1;
    }
    int entries = tiff.getShort(directory) & 0xffff;
    for (int i = 0; i < entries; i++) {
      int entry = directory + 2 + 12 * i;
      if (entry + 12 > tiff.limit()) {
        return 1;
      }
      if ((tiff.getShort(entry) & 0xffff) == ORIENTATION) {
        int value = tiff.getShort(entry + 8) & 0xffff;
        return value >= 1 && value <= 8 ? value : 1;
      }
    }
    return 1;
  }

  /// The image as it was seen: turned and mirrored by its orientation.
  static Pixels upright(Pixels image, int orientation) {
    return switch (orientation) {
      case 2 -> image.flip();
      case 3 -> image.transpose().flip().transpose().flip(); // 180°
      case 4 -> image.transpose().flip().transpose(); // upside down, mirrored
      case 5 -> image.transpose();
      case 6 -> image.transpose().flip(); // 90° clockwise
      case 7 -> image.flip().transpose().flip(); // transposed at the other diagonal
      case 8 -> image.flip().transpose(); // 90° counter-clockwise
      default -> image;
    };
  }
}

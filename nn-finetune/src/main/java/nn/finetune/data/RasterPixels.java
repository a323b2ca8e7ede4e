package nn.finetune.data;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.Raster;
import nn.layers.image.Pixels;

/// Takes the numbers out of an image of `java.desktop`.
///
/// Where they are grey or red, green and blue, they are taken as the file has them, as Pillow does.
/// To ask such an image for its colours would convert them: grey 128 becomes 188 that way, as the JDK
/// takes the numbers of grey images for linear light.
final class RasterPixels {
  private RasterPixels() {}

  /// The pixels, on white where they are transparent; grey if the image is.
  static Pixels of(BufferedImage image) {
    ColorModel model = image.getColorModel();
    int type = model.getColorSpace().getType();
    int colours = model.getNumColorComponents();
    boolean asTheyAre =
        model instanceof ComponentColorModel
            && !model.isAlphaPremultiplied()
            && isWhole(model.getTransferType())
            && (type == ColorSpace.TYPE_GRAY && colours == 1
                || type == ColorSpace.TYPE_RGB && colours == 3);
    return asTheyAre ? samples(image, colours) : colours(image);
  }

  private static boolean isWhole(int transferType) {
    return transferType == DataBuffer.TYPE_BYTE || transferType == DataBuffer.TYPE_USHORT;
  }

  private static Pixels samples(BufferedImage image, int colours) {
    Raster raster = image.getRaster();
    int width = raster.getWidth();
    int bands = raster.getNumBands();
    if (bands == colours && raster.getTransferType() == DataBuffer.TYPE_BYTE) {
      Object bytes = raster.getDataElements(0, 0, width, raster.getHeight(), null);
      return new Pixels(width, raster.getHeight(), colours, (byte[]) bytes);
    }
    int shift = image.getColorModel().getTransferType() == DataBuffer.TYPE_USHORT ? 8 : 0;
    byte[] values = new byte[width * raster.getHeight() * colours];
    int[] row = new int[width * bands];
    int at = 0;
    for (int y = 0; y < raster.getHeight(); y++) {
      raster.getPixels(0, y, width, 1, row);
      for (int x = 0; x < row.length; x += bands) {
        int alpha = bands > colours ? row[x + colours] >> shift : 255;
        for (int c = 0; c < colours; c++) {
          values[at++] = onWhite(row[x + c] >> shift, alpha);
        }
      }
    }
    return new Pixels(width, raster.getHeight(), colours, values);
  }

  private static Pixels colours(BufferedImage image) {
    int width = image.getWidth();
    byte[] values = new byte[width * image.getHeight() * 3];
    int[] row = new int[width];
    int at = 0;
    for (int y = 0; y < image.getHeight(); y++) {
      image.getRGB(0, y, width, 1, row, 0, width);
      for (int argb : row) {
        for (int shift = 16; shift >= 0; shift -= 8) {
          values[at++] = onWhite(argb >> shift & 0xff, argb >>> 24);
        }
      }
    }
    return new Pixels(width, image.getHeight(), 3, values);
  }

  private static byte onWhite(int value, int alpha) {
    return (byte) (alpha == 255 ? value : (value * alpha + 255 * (255 - alpha) + 127) / 255);
  }
}

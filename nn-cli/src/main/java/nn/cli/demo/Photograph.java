package nn.cli.demo;

import java.awt.Color;
import java.awt.GradientPaint;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.AffineTransform;
import java.awt.image.BufferedImage;
import java.util.random.RandomGenerator;

/// A small picture of one [Thing] somewhere in a scene: at any place, size, angle and light, before any background,
/// perhaps half hidden, and noisy, as a cheap camera would see it.
public final class Photograph {
  /// Pixels per side.
  public static final int SIDE = 32;

  private static final int FINE = 4 * SIDE; // drawn at this size, then averaged down

  private Photograph() {}

  /// Takes a picture.
  ///
  /// @param random decides about everything but the kind of thing
  public static BufferedImage of(Thing thing, RandomGenerator random) {
    BufferedImage canvas = new BufferedImage(FINE, FINE, BufferedImage.TYPE_INT_RGB);
    Graphics2D paper = canvas.createGraphics();
    try {
      paper.setRenderingHint(
          RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
      paper.translate(FINE / 2.0, FINE / 2.0);
      paper.scale(FINE / 2.0, FINE / 2.0);
      Pen pen = new Pen(paper, random);
      background(paper, pen);
      AffineTransform scene = paper.getTransform();
      place(paper, pen);
      thing.sketch(pen);
      paper.setTransform(scene);
      foreground(pen);
    } finally {
      paper.dispose();
    }
    return expose(canvas, random);
  }

  private static void background(Graphics2D paper, Pen pen) {
    Color far = pen.near(pen.chance(0.7) ? 0.58 : 0.08, 0.3, 0.75); // sky, or a wall
    Color near = pen.near(pen.between(0.05, 0.4), 0.3, 0.45); // a road, sand, grass
    double horizon = pen.between(-0.6, 0.8);
    paper.setPaint(
        new GradientPaint(
            0, -1, far, (float) pen.between(-0.5, 0.5), (float) horizon,
            Pen.shade(far, pen.between(0.6, 1.4))));
    pen.box(-1, -1, 1, 1);
    paper.setPaint(
        new GradientPaint(
            0, (float) horizon, near, 0, 1.2f, Pen.shade(near, pen.between(0.6, 1.4))));
    pen.box(-1, horizon, 1, 1);
    for (int i = pen.count(1, 4); i > 0; i--) {
      pen.colour(pen.anyColour());
      double x = pen.between(-1, 1);
      double y = pen.between(-1, 1);
      double size = pen.between(0.05, 0.35);
      switch (pen.count(0, 2)) {
        case 0 -> pen.box(x, y, x + size, y + 3 * size);
        case 1 -> pen.oval(x, y, 2 * size, size);
        default -> pen.area(x, y, x + size, y + 2 * size, x - 2 * size, y + size);
      }
    }
  }

  private static void place(Graphics2D paper, Pen pen) {
    double size = pen.between(0.6, 0.95);
    double play = 1.05 - size; // how far it can move and stay nearly inside
    paper.translate(pen.between(-play, play), pen.between(-play, play));
    paper.rotate(pen.between(-0.2, 0.2));
    paper.shear(pen.between(-0.15, 0.15), pen.between(-0.1, 0.1));
    paper.scale(pen.chance(0.5) ? size : -size, size * pen.between(0.8, 1.2));
  }

  private static void foreground(Pen pen) {
    if (pen.chance(0.3)) {
      pen.colour(pen.anyColour());
      double x = pen.between(-1, 1);
      double width = pen.between(0.05, 0.3);
      pen.area(x, -1, x + width, -1, x + width + pen.between(-0.3, 0.3), 1, x, 1);
    }
    for (int i = pen.count(0, 2); i > 0; i--) {
      pen.colour(pen.anyColour());
      pen.oval(
          pen.between(-1, 1), pen.between(-1, 1), pen.between(0.05, 0.3), pen.between(0.05, 0.3));
    }
  }

  /// Averages down to [#SIDE] and adds light, colour cast, vignette and noise.
  private static BufferedImage expose(BufferedImage canvas, RandomGenerator random) {
    int block = FINE / SIDE;
    double light = random.nextDouble(0.6, 1.15);
    double slope = random.nextDouble(-0.4, 0.4); // one side is darker
    double noise = random.nextDouble(2, 12);
    double[] cast = {
        random.nextDouble(0.85, 1.1), random.nextDouble(0.85, 1.1), random.nextDouble(0.85, 1.1)
    };
    BufferedImage picture = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < SIDE; y++) {
      for (int x = 0; x < SIDE; x++) {
        double gain = light * (1 + slope * (x - SIDE / 2.0) / SIDE);
        int rgb = 0;
        for (int c = 0; c < 3; c++) {
          int shift = 16 - 8 * c;
          int sum = 0;
          for (int i = 0; i < block * block; i++) {
            sum += canvas.getRGB(x * block + i % block, y * block + i / block) >> shift & 255;
          }
          double value = gain * cast[c] * sum / (block * block) + noise * random.nextGaussian();
          rgb |= Math.clamp(Math.round(value), 0, 255) << shift;
        }
        picture.setRGB(x, y, rgb);
      }
    }
    return picture;
  }
}

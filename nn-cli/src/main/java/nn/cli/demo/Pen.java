package nn.cli.demo;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.awt.geom.RoundRectangle2D;
import java.util.random.RandomGenerator;

/// Fills shapes on a square paper that reaches from −1 to 1 both ways, y downwards, and draws the dice of whoever
/// sketches with it.
final class Pen {
  private final Graphics2D paper;
  private final RandomGenerator random;

  Pen(Graphics2D paper, RandomGenerator random) {
    this.paper = paper;
    this.random = random;
  }

  // ---- dice

  double between(double low, double high) {
    return random.nextDouble(low, high);
  }

  int count(int low, int high) {
    return random.nextInt(low, high + 1);
  }

  boolean chance(double probability) {
    return random.nextDouble() < probability;
  }

  /// Any colour, from grey to strong.
  Color anyColour() {
    float saturation = (float) Math.sqrt(random.nextDouble());
    return Color.getHSBColor(random.nextFloat(), saturation * 0.9f, random.nextFloat(0.2f, 1));
  }

  /// A colour with hue, saturation and brightness near the given ones.
  Color near(double hue, double saturation, double brightness) {
    return Color.getHSBColor(
        (float) (hue + between(-0.05, 0.05)),
        (float) Math.clamp(saturation + between(-0.2, 0.2), 0, 1),
        (float) Math.clamp(brightness + between(-0.2, 0.2), 0, 1));
  }

  /// The colour, lighter (above 1) or darker (below 1).
  static Color shade(Color colour, double factor) {
    return new Color(
        (int) Math.min(255, colour.getRed() * factor),
        (int) Math.min(255, colour.getGreen() * factor),
        (int) Math.min(255, colour.getBlue() * factor));
  }

  // ---- shapes

  Pen colour(Color colour) {
    paper.setColor(colour);
    return this;
  }

  Pen box(double left, double top, double right, double bottom) {
    paper.fill(new Rectangle2D.Double(left, top, right - left, bottom - top));
    return this;
  }

  Pen roundBox(double left, double top, double right, double bottom, double corner) {
    paper.fill(
        new RoundRectangle2D.Double(left, top, right - left, bottom - top, corner, corner));
    return this;
  }

  Pen disc(double x, double y, double radius) {
    return oval(x, y, radius, radius);
  }

  Pen oval(double x, double y, double radiusX, double radiusY) {
    paper.fill(new Ellipse2D.Double(x - radiusX, y - radiusY, 2 * radiusX, 2 * radiusY));
    return this;
  }

  /// The area within corners given as x, y, x, y, …
  Pen area(double... corners) {
    Path2D path = new Path2D.Double();
    path.moveTo(corners[0], corners[1]);
    for (int i = 2; i < corners.length; i += 2) {
      path.lineTo(corners[i], corners[i + 1]);
    }
    path.closePath();
    paper.fill(path);
    return this;
  }
}

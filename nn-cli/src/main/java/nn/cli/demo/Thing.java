package nn.cli.demo;

import java.awt.Color;
import java.util.Locale;

/// What the demo's pictures show. Each sketches itself on a [Pen]'s paper, standing on the line y = 0.55, never twice
/// alike.
public enum Thing {
  CAR {
    @Override
    void sketch(Pen pen) {
      if (pen.chance(0.25)) {
        carFromTheFront(pen);
      } else {
        carFromTheSide(pen);
      }
    }
  },
  TRUCK {
    @Override
    void sketch(Pen pen) {
      if (pen.chance(0.2)) {
        truckFromTheFront(pen);
      } else {
        truckFromTheSide(pen);
      }
    }
  },
  BUS {
    @Override
    void sketch(Pen pen) {
      Color paint = pen.anyColour();
      double roof = pen.between(-0.4, -0.1);
      pen.colour(paint).roundBox(-0.95, roof, 0.95, 0.42, 0.12);
      pen.colour(Pen.shade(paint, 0.7)).box(-0.93, 0.3, 0.93, 0.42);
      pen.colour(pen.near(0.58, 0.2, 0.35));
      int windows = pen.count(4, 7);
      double width = 1.8 / windows;
      for (int i = 0; i < windows; i++) {
        double left = -0.88 + i * width;
        pen.box(left, roof + 0.1, left + width * 0.78, roof + 0.36);
      }
      double radius = pen.between(0.12, 0.17);
      wheel(pen, -0.6, radius);
      wheel(pen, pen.between(0.45, 0.65), radius);
    }
  },
  HOUSE {
    @Override
    void sketch(Pen pen) {
      Color wall = pen.anyColour();
      double half = pen.between(0.5, 0.85);
      double eaves = pen.between(-0.3, 0);
      pen.colour(wall).box(-half, eaves, half, 0.55);
      pen.colour(pen.near(0.03, 0.5, 0.45));
      if (pen.chance(0.7)) {
        pen.area(-half - 0.1, eaves, pen.between(-0.3, 0.3), eaves - 0.5, half + 0.1, eaves);
      } else {
        pen.box(-half, eaves - 0.1, half, eaves);
      }
      pen.colour(pen.near(0.58, 0.25, 0.35));
      int windows = pen.count(2, 4);
      for (int i = 0; i < windows; i++) {
        double x = -half + (i + 0.3) * 2 * half / windows;
        pen.box(x, eaves + 0.1, x + 0.2, eaves + 0.32);
      }
      pen.colour(Pen.shade(wall, 0.5));
      double door = pen.between(-half, half - 0.2);
      pen.box(door, 0.15, door + 0.2, 0.55);
    }
  },
  TREE {
    @Override
    void sketch(Pen pen) {
      pen.colour(pen.near(0.08, 0.5, 0.35)).box(-0.08, -0.1, 0.08, 0.55);
      Color leaves = pen.near(pen.between(0.1, 0.4), 0.6, 0.5);
      if (pen.chance(0.4)) {
        pen.colour(leaves);
        for (int i = 0; i < 3; i++) {
          double y = -0.8 + 0.3 * i;
          pen.area(-0.25 - 0.12 * i, y + 0.45, 0, y, 0.25 + 0.12 * i, y + 0.45);
        }
      } else {
        for (int i = 0; i < 8; i++) {
          pen.colour(Pen.shade(leaves, pen.between(0.7, 1.2)));
          pen.disc(pen.between(-0.4, 0.4), pen.between(-0.7, 0), pen.between(0.15, 0.32));
        }
      }
    }
  },
  BOAT {
    @Override
    void sketch(Pen pen) {
      Color hull = pen.anyColour();
      pen.colour(hull).area(-0.9, 0.15, 0.95, 0.1, 0.65, 0.55, -0.7, 0.55);
      if (pen.chance(0.5)) {
        pen.colour(pen.near(0.1, 0.1, 0.8));
        pen.area(-0.05, -0.9, -0.05, 0.05, -0.7, 0.05).area(0.03, -0.8, 0.03, 0.05, 0.55, 0.05);
      } else {
        pen.colour(pen.anyColour()).box(-0.55, -0.2, 0.35, 0.14);
        pen.colour(pen.near(0.58, 0.25, 0.35));
        for (int i = 0; i < 4; i++) {
          pen.disc(-0.42 + 0.22 * i, -0.04, 0.07);
        }
      }
      pen.colour(pen.near(0.58, 0.4, 0.5)).box(-1, 0.48, 1, 0.6);
    }
  },
  PLANE {
    @Override
    void sketch(Pen pen) {
      Color skin = pen.near(0.6, 0.1, 0.8);
      pen.colour(Pen.shade(skin, 0.8)).area(-0.1, 0, 0.3, 0, -0.3, 0.5, -0.5, 0.5);
      pen.colour(skin).oval(0, 0, 0.95, pen.between(0.12, 0.2));
      pen.colour(pen.anyColour()).area(-0.95, -0.45, -0.65, -0.45, -0.45, 0, -0.85, 0);
      pen.colour(pen.near(0.58, 0.25, 0.35));
      for (int i = 0; i < 6; i++) {
        pen.box(-0.5 + 0.2 * i, -0.06, -0.42 + 0.2 * i, 0.02);
      }
      if (pen.chance(0.4)) {
        wheel(pen, 0.55, 0.08);
        wheel(pen, -0.1, 0.08);
      }
    }
  },
  ANIMAL {
    @Override
    void sketch(Pen pen) {
      Color fur = pen.near(pen.between(0, 0.15), 0.4, 0.5);
      pen.colour(Pen.shade(fur, 0.75));
      for (double x : new double[] {-0.5, -0.3, 0.2, 0.4}) {
        double sway = pen.between(-0.08, 0.08);
        pen.area(x, 0.1, x + 0.14, 0.1, x + 0.1 + sway, 0.55, x + sway, 0.55);
      }
      pen.colour(fur).oval(0, 0, 0.62, pen.between(0.2, 0.33));
      double headY = pen.between(-0.6, -0.1);
      pen.area(0.35, 0.05, 0.55, -0.15, 0.75, headY + 0.1, 0.55, headY);
      pen.oval(0.72, headY, 0.22, 0.15);
      pen.area(-0.55, -0.1, -0.6, 0, -0.9, pen.between(-0.4, 0.3));
      for (int i = pen.count(0, 5); i > 0; i--) {
        pen.colour(Pen.shade(fur, pen.between(0.4, 1.5)));
        pen.disc(pen.between(-0.45, 0.45), pen.between(-0.12, 0.12), pen.between(0.05, 0.12));
      }
    }
  },
  CLUTTER {
    @Override
    void sketch(Pen pen) {
      for (int i = pen.count(4, 9); i > 0; i--) {
        pen.colour(pen.anyColour());
        double x = pen.between(-0.8, 0.8);
        double y = pen.between(-0.7, 0.6);
        double size = pen.between(0.1, 0.45);
        switch (pen.count(0, 3)) {
          case 0 -> pen.disc(x, y, size * 0.6);
          case 1 -> pen.box(x - size, y - size / 2, x + size, y + size / 2);
          case 2 -> pen.roundBox(x - size, y - size / 3, x + size, y + size / 3, 0.2);
          default -> pen.area(x - size, y + size, x, y - size, x + size, y + size / 2);
        }
      }
    }
  };

  private static final double GROUND = 0.55;

  /// What a person calls it: `car`.
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// Draws one of these.
  abstract void sketch(Pen pen);

  private static void wheel(Pen pen, double x, double radius) {
    pen.colour(pen.near(0, 0.05, 0.1)).disc(x, GROUND - radius, radius);
    if (pen.chance(0.7)) {
      pen.colour(pen.near(0, 0.05, 0.6)).disc(x, GROUND - radius, radius * 0.45);
    }
  }

  private static void carFromTheSide(Pen pen) {
    Color paint = pen.anyColour();
    double hood = pen.between(0, 0.12); // the body's upper edge
    double roof = hood - pen.between(0.25, 0.42);
    double front = pen.between(0.3, 0.55);
    double back = pen.between(-0.85, -0.4);
    pen.colour(paint).roundBox(-0.9, hood, 0.9, 0.42, 0.2);
    pen.area(back, hood + 0.03, back + 0.2, roof, front - 0.3, roof, front, hood + 0.03);
    pen.colour(pen.near(0.58, 0.25, 0.35));
    double post = (back + front) / 2;
    pen.area(
        back + 0.1, hood, back + 0.23, roof + 0.06, post - 0.04, roof + 0.06, post - 0.04, hood);
    pen.area(
        post + 0.04, hood, post + 0.04, roof + 0.06, front - 0.32, roof + 0.06, front - 0.1, hood);
    pen.colour(pen.near(0.14, 0.4, 0.9)).box(0.8, hood + 0.08, 0.9, hood + 0.18);
    pen.colour(pen.near(0, 0.8, 0.7)).box(-0.9, hood + 0.06, -0.82, hood + 0.18);
    double radius = pen.between(0.15, 0.2);
    wheel(pen, pen.between(-0.62, -0.5), radius);
    wheel(pen, pen.between(0.48, 0.6), radius);
  }

  private static void carFromTheFront(Pen pen) {
    Color paint = pen.anyColour();
    pen.colour(pen.near(0, 0.05, 0.1)).box(-0.55, 0.3, -0.35, GROUND).box(0.35, 0.3, 0.55, GROUND);
    pen.colour(paint).roundBox(-0.6, -0.05, 0.6, 0.42, 0.15);
    pen.area(-0.5, 0, -0.35, -0.4, 0.35, -0.4, 0.5, 0);
    pen.colour(pen.near(0.58, 0.25, 0.35))
        .area(-0.42, -0.03, -0.31, -0.34, 0.31, -0.34, 0.42, -0.03);
    pen.colour(pen.chance(0.5) ? pen.near(0.14, 0.4, 0.9) : pen.near(0, 0.8, 0.7));
    pen.disc(-0.45, 0.14, 0.09).disc(0.45, 0.14, 0.09);
    pen.colour(Pen.shade(paint, 0.5)).box(-0.25, 0.1, 0.25, 0.22);
  }

  private static void truckFromTheSide(Pen pen) {
    Color cab = pen.anyColour();
    double behind = pen.between(0.3, 0.5); // where the cab begins
    double cabRoof = pen.between(-0.35, -0.1);
    double radius = pen.between(0.12, 0.18);
    pen.colour(pen.near(0, 0.05, 0.2)).box(-0.95, 0.28, 0.9, 0.4);
    switch (pen.count(0, 2)) {
      case 0 -> // a closed box
          pen.colour(pen.anyColour()).box(-0.95, pen.between(-0.6, -0.3), behind - 0.04, 0.3);
      case 1 -> { // a flat bed with a load
        pen.colour(pen.near(0.08, 0.4, 0.4)).box(-0.95, 0.2, behind - 0.04, 0.3);
        for (int i = pen.count(1, 4); i > 0; i--) {
          double left = pen.between(-0.95, behind - 0.5);
          pen.colour(pen.anyColour()).box(left, pen.between(-0.25, 0.1), left + 0.4, 0.22);
        }
      }
      default -> // a tank
          pen.colour(pen.near(0.6, 0.1, 0.7)).roundBox(-0.95, -0.25, behind - 0.04, 0.3, 0.5);
    }
    pen.colour(cab).box(behind, cabRoof, 0.75, 0.42)
        .area(0.75, cabRoof, 0.75, 0.42, 0.95, 0.42, 0.92, 0.05);
    pen.colour(pen.near(0.58, 0.25, 0.35)).box(behind + 0.12, cabRoof + 0.07, 0.74, cabRoof + 0.27);
    pen.colour(pen.near(0.14, 0.4, 0.9)).box(0.87, 0.2, 0.95, 0.3);
    wheel(pen, 0.65, radius);
    wheel(pen, -0.7, radius);
    if (pen.chance(0.7)) {
      wheel(pen, -0.7 + 2.1 * radius, radius);
    }
  }

  private static void truckFromTheFront(Pen pen) {
    Color paint = pen.anyColour();
    double roof = pen.between(-0.75, -0.55);
    pen.colour(pen.near(0, 0.05, 0.1)).box(-0.5, 0.3, -0.3, GROUND).box(0.3, 0.3, 0.5, GROUND);
    pen.colour(pen.anyColour()).box(-0.58, roof, 0.58, 0.2);
    pen.colour(paint).box(-0.5, roof + 0.15, 0.5, 0.42);
    pen.colour(pen.near(0.58, 0.25, 0.35)).box(-0.44, roof + 0.25, 0.44, roof + 0.6);
    pen.colour(pen.near(0.14, 0.4, 0.9)).disc(-0.38, 0.25, 0.09).disc(0.38, 0.25, 0.09);
    pen.colour(Pen.shade(paint, 0.5)).box(-0.22, 0.05, 0.22, 0.35);
  }
}

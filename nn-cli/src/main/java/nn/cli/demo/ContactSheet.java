package nn.cli.demo;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.List;

/// Many small pictures on one sheet, each with a caption and a frame that says whether it was recognised.
public final class ContactSheet {
  private static final int CELL = 112;
  private static final int MARGIN = 14;
  private static final int CAPTION = 20;
  private static final int TITLE = 40;

  private ContactSheet() {}

  /// A picture on the sheet.
  ///
  /// @param picture what was seen
  /// @param caption what was said about it
  /// @param right whether that is true
  public record Print(BufferedImage picture, String caption, boolean right) {}

  /// Lays the prints out in rows.
  ///
  /// @param columns how many in a row
  public static BufferedImage of(String title, List<Print> prints, int columns) {
    int rows = (prints.size() + columns - 1) / columns;
    BufferedImage sheet =
        new BufferedImage(
            MARGIN + columns * (CELL + MARGIN),
            TITLE + rows * (CELL + CAPTION + MARGIN),
            BufferedImage.TYPE_INT_RGB);
    Graphics2D paper = sheet.createGraphics();
    try {
      paper.setRenderingHint(
          RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
      paper.setColor(Color.WHITE);
      paper.fillRect(0, 0, sheet.getWidth(), sheet.getHeight());
      paper.setColor(Color.BLACK);
      paper.setFont(new Font(Font.SANS_SERIF, Font.BOLD, 15));
      paper.drawString(title, MARGIN, 26);
      paper.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 12));
      for (int i = 0; i < prints.size(); i++) {
        int x = MARGIN + i % columns * (CELL + MARGIN);
        int y = TITLE + i / columns * (CELL + CAPTION + MARGIN);
        draw(paper, prints.get(i), x, y);
      }
    } finally {
      paper.dispose();
    }
    return sheet;
  }

  private static void draw(Graphics2D paper, Print print, int x, int y) {
    paper.setColor(print.right() ? new Color(0, 140, 60) : new Color(210, 30, 30));
    paper.fillRect(x - 3, y - 3, CELL + 6, CELL + 6);
    paper.drawImage(print.picture(), x, y, CELL, CELL, null);
    paper.drawString(print.caption(), x, y + CELL + 16);
  }
}

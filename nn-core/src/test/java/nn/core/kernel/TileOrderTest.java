package nn.core.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;

class TileOrderTest {
  private static final List<WinogradForm> FORMS =
      List.of(WinogradForm.STEP1, WinogradForm.STEP2, WinogradForm.STEP2_GRADIENT);

  @RepeatedTest(200)
  void tilesThatNeedAPlaceLieSideBySide(RepetitionInfo info) {
    SplittableRandom random = new SplittableRandom(info.getCurrentRepetition());
    WinogradForm form = FORMS.get(random.nextInt(FORMS.size()));
    int height = random.nextInt(1, 20);
    int width = random.nextInt(1, 20);
    int first = random.nextInt(20);
    TileOrder order = new TileOrder(form, height, width, first, first + random.nextInt(1, 20));
    int[] positions = new int[order.tiles()];
    boolean[][] needs = new boolean[form.places()][order.tiles()];
    int tile = 0;
    for (int row = first; row < order.end; row++) {
      int wantedRows = Math.min(form.outputs(), height - row % order.rows * form.outputs());
      for (int column = 0; column < order.columns; column++, tile++) {
        int position = column == order.columns - 1 ? order.last(row) : order.row(row) + column;
        positions[tile] = position;
        int wantedColumns = Math.min(form.outputs(), width - column * form.outputs());
        for (int place = 0; place < needs.length; place++) {
          needs[place][position] =
              form.needs(place / form.points(), wantedRows)
                  && form.needs(place % form.points(), wantedColumns);
        }
      }
    }
    Arrays.sort(positions);
    assertEquals(
        IntStream.range(0, tile).boxed().toList(), Arrays.stream(positions).boxed().toList());
    for (int place = 0; place < needs.length; place++) {
      for (int position = 0; position < tile; position++) {
        assertEquals(
            needs[place][position], order.start(place) <= position && position < order.end(place),
            "place " + place + " of tile " + position + " in rows " + first + " to " + order.end);
      }
    }
  }
}

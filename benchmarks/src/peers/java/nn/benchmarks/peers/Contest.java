package nn.benchmarks.peers;

import java.util.ArrayList;
import java.util.List;
import nn.core.kernel.Parallel;

/// A process that measures some lines, one after the other, and says what came of each.
final class Contest {
  private Contest() {}

  /// Measures.
  ///
  /// @param arguments threads, whether it has to be quick, and the lines' numbers in [Work#all]
  public static void main(String[] arguments) {
    int threads = Integer.parseInt(arguments[0]);
    boolean quick = Boolean.parseBoolean(arguments[1]);
    Parallel.threads(threads);
    Torch.threads(threads);
    List<Work> works = Work.all(threads);
    for (int i = 2; i < arguments.length; i++) {
      List<String> message = new ArrayList<>(List.of(arguments[i]));
      message.addAll(outcome(works.get(Integer.parseInt(arguments[i])), quick).fields());
      Child.say(message);
    }
    System.exit(0); // native threads are of no use any more
  }

  private static Outcome outcome(Work work, boolean quick) {
    Work.Sides sides = work.prepare().get();
    Outcome outcome = new Duel(Duel.Pace.of(work.network(), quick)).fight(sides);
    sides.close().run();
    return outcome.measured() ? outcome.withFlops(work.flops().getAsDouble()) : outcome;
  }
}

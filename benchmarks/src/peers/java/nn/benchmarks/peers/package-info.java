/// Graft against PyTorch and EJML on the same work in the same run.
@NullMarked
package nn.benchmarks.peers;

import org.jspecify.annotations.NullMarked;

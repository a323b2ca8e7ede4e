/// Every hot loop as a ratio to a peer in the same run.
@NullMarked
package nn.benchmarks;

import org.jspecify.annotations.NullMarked;

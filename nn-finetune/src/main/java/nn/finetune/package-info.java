/// Fine-tuning: what to train ([freezing recipes][nn.finetune.Freezing]), how
/// ([optimizers][nn.finetune.Optimizer], [schedules][nn.finetune.Schedule],
/// [losses][nn.finetune.Loss]), the [loop][nn.finetune.Trainer] that does it, and what came of it
/// ([metrics][nn.finetune.Metrics], [proof][nn.finetune.FrozenProof]).
@NullMarked
package nn.finetune;

import org.jspecify.annotations.NullMarked;

/** The queue of walks over all history: backtests and replays. A job carries the ids of a slice. */
import type { JobToAdd } from '../platform/queue.ts';

export const rulebookQueue = 'rulebook';

/** The same slice always has the same job id, so announcing it twice is announcing it once. */
export const sliceJob = ({ run_id, slice }: { run_id: number; slice: number }): JobToAdd => ({
  jobId: `run-${run_id}-slice-${slice}`,
  ids: { run: String(run_id), slice: String(slice) },
});

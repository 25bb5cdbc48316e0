/** The screening queue, by name and job: whoever stores a batch announces it with this. */
import type { JobToAdd } from '../platform/queue.ts';

export const screenQueue = 'screen';

/** The same batch always has the same job id, so announcing it twice is announcing it once. */
export const screenJob = (batchId: number): JobToAdd => ({
  jobId: `batch-${batchId}`,
  ids: { batch: String(batchId) },
});

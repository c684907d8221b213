import type { Batches } from "../adapters/batches.ts";
import type { PreparedJob } from "../job/defer/prepared-job.ts";
import type { JobBatch } from "../job/surroundings/job-batch.ts";
import { graphText } from "./batch-graph.ts";
import { refusalOf } from "./refusal.ts";

/** That a block adds the jobs it defers to a batch. */
export class Filling implements JobBatch {
  readonly id: string;
  readonly #batches: Batches;

  constructor(id: string, batches: Batches) {
    this.id = id;
    this.#batches = batches;
  }

  async link(jobs: readonly PreparedJob[]): Promise<void> {
    const text = graphText(jobs);
    if (text !== undefined) await this.#batches.note(this.id, text);
  }

  refusal(): Promise<Error> {
    return refusalOf(this.id, this.#batches);
  }
}

/** A job as the model knows it: whether a run of it has failed, and where it is. */
export interface ModelJob {
  readonly name: string;
  isTried: boolean;
  /** "lost": it was dead, and was deleted. */
  at: "there" | "dead" | "lost" | "over";
}

/** A batch as the model knows it: its jobs, one by one. */
export interface ModelBatch {
  readonly id: string;
  readonly parent: ModelBatch | undefined;
  readonly jobs: ModelJob[];
  readonly children: ModelBatch[];
  isOpen: boolean;
  isIncomplete: boolean;
  isCancelled: boolean;
  isComplete: boolean;
  hasDied: boolean;
  hasEnded: boolean;
  hasSucceeded: boolean;
}

/** Nothing is counted here: all follows from the jobs there are. */
export class BatchModel {
  readonly batches: ModelBatch[] = [];
  /** In the order in which they are due; each once. */
  readonly callbacks: string[] = [];

  open(id: string, parent: ModelBatch | undefined): void {
    const batch: ModelBatch = {
      id,
      parent,
      jobs: [],
      children: [],
      isOpen: true,
      isIncomplete: false,
      isCancelled: false,
      isComplete: false,
      hasDied: false,
      hasEnded: false,
      hasSucceeded: false,
    };
    parent?.children.push(batch);
    this.batches.push(batch);
  }

  takes(batch: ModelBatch): boolean {
    return !batch.hasEnded && !batch.isCancelled;
  }

  add(batch: ModelBatch, name: string): void {
    batch.jobs.push({ name, isTried: false, at: "there" });
  }

  close(batch: ModelBatch, isIncomplete: boolean): void {
    batch.isOpen = false;
    batch.isIncomplete = isIncomplete;
    this.#look();
  }

  /** @returns the ids of those that are cancelled, and not over. */
  cancel(batch: ModelBatch): string[] {
    const open = [batch];
    const ids: string[] = [];
    for (const each of open) {
      if (!each.hasEnded) {
        each.isCancelled = true;
        each.isOpen = false;
        ids.push(each.id);
        open.push(...each.children.filter(({ hasEnded }) => !hasEnded));
      }
    }
    this.#look();
    return ids;
  }

  settled(name: string, kind: string): void {
    const [batch, job] = this.#find(name);
    const isAttempt = kind === "done" || kind === "retry" || kind === "dead";
    if (kind === "done" || batch.isCancelled) {
      job.at = "over";
    } else if (kind === "dead") {
      this.#died(batch, job);
    }
    job.isTried ||= isAttempt;
    this.#look();
  }

  /** @param buried jids of jobs that were lost too often. */
  lost(name: string, buried: readonly string[]): void {
    const [batch, job] = this.#find(name);
    if (batch.isCancelled) {
      job.at = "over";
    } else if (buried.includes(Buffer.from(name).toString("hex").padEnd(24, "0"))) {
      this.#died(batch, job);
      job.isTried = true;
    }
    this.#look();
  }

  deadJobs(): ModelJob[] {
    return this.batches.flatMap(({ jobs }) => jobs.filter(({ at }) => at === "dead"));
  }

  revived(job: ModelJob): void {
    job.at = "there";
  }

  deletedDead(job: ModelJob): void {
    job.at = "lost";
  }

  expected(batch: ModelBatch): unknown {
    const left = batch.jobs.filter(({ at }) => at !== "over");
    const untried = left.filter(({ isTried }) => !isTried);
    const dead = left.filter(({ at }) => at === "dead" || at === "lost");
    const { isComplete, hasDied, hasSucceeded, hasEnded } = batch;
    return {
      counts: [batch.jobs.length, left.length, untried.length, dead.length],
      is: [isComplete, hasDied, hasSucceeded, hasEnded],
    };
  }

  #died(batch: ModelBatch, job: ModelJob): void {
    job.at = "dead";
    let each: ModelBatch | undefined = batch;
    for (; each !== undefined && !each.hasDied; each = each.parent) {
      each.hasDied = true;
      this.callbacks.push(`${each.id} death`);
    }
  }

  #find(name: string): readonly [ModelBatch, ModelJob] {
    for (const batch of this.batches) {
      const job = batch.jobs.find((each) => each.name === name);
      if (job !== undefined) return [batch, job];
    }
    throw new Error(`Expected to know job ${name}`);
  }

  /** Those that are inside before those around them: they were made later. */
  #look(): void {
    for (const batch of this.batches.toReversed()) {
      const left = batch.jobs.filter(({ at }) => at !== "over");
      const isTried = left.every((job) => job.isTried);
      if (!batch.isOpen && !batch.isComplete && isTried && batch.children.every(isComplete)) {
        batch.isComplete = true;
        this.callbacks.push(`${batch.id} complete`);
      }
      const isLeft = left.length === 0 && batch.children.every(({ hasEnded }) => hasEnded);
      if (!batch.isOpen && !batch.hasEnded && isLeft) {
        batch.hasEnded = true;
        batch.hasSucceeded = !batch.isIncomplete && !batch.isCancelled;
        if (batch.hasSucceeded) this.callbacks.push(`${batch.id} success`);
      }
    }
  }
}

function isComplete(batch: ModelBatch): boolean {
  return batch.isComplete;
}

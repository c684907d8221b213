import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import {
  AdapterError,
  Batch,
  BatchCancelledError,
  BatchClosedError,
  Command,
  type JobHandle,
} from "mandate";
import { note, type Word } from "./notes.ts";

/** What a job's runs come to. A retried one fails half of the times, a requeued one is put back half of the times. */
const FATES = ["done", "retried", "requeued", "discarded"] as const;
export type Fate = (typeof FATES)[number];

class FlakyError extends Error {}
class NeedlessError extends Error {}

abstract class Member extends Command {
  static {
    this.retryOn([FlakyError, AdapterError], { wait: () => 0.05, attempts: "unlimited" });
    // A batch that was cancelled meanwhile is nothing to go on with.
    this.discardOn([NeedlessError, BatchCancelledError, BatchClosedError]);
  }

  protected note(word: Word): void {
    note(this.job?.id ?? "?", this.batch?.id ?? "?", word);
  }
}

/** A job of a batch that notes what it does. */
export class Unit extends Member.initializeWith((fate: Fate, ms: number) => ({ fate, ms })) {
  // A bundler may rename the class.
  static readonly commandName: string = "Unit";

  async call(): Promise<void> {
    this.note("begun");
    await sleep(this.ms);
    const isOn = Math.random() < 0.5;
    if (this.fate === "retried" && isOn) {
      this.note("failed");
      throw new FlakyError("This run fails");
    }
    if (this.fate === "requeued" && isOn) {
      this.note("requeued");
      this.requeueJob(0.05);
    }
    if (this.fate === "discarded") {
      this.note("discarded");
      throw new NeedlessError("There is no need to");
    }
    this.note("done");
  }
}

/** Dies, until a file says that it need not. */
export class Doomed extends Member {
  static override readonly commandName: string = "Doomed";

  static {
    this.retry(0);
  }

  call(): void {
    this.note("begun");
    if (!existsSync(process.env["PARDON"] ?? "")) {
      this.note("died");
      throw new Error("This job dies");
    }
    this.note("done");
  }
}

/** Adds jobs to its batch, and a batch of its own to that. */
export class Grow extends Member.initializeWith((depth: number) => ({ depth })) {
  static readonly commandName: string = "Grow";

  async call(): Promise<void> {
    this.note("begun");
    const isOn = Math.random() < 0.25;
    try {
      await this.batch?.add(async (batch) => {
        noteAdded(batch, await Unit.defer("done", 1));
      });
      await tree(this.depth);
    } catch (error) {
      this.note(error instanceof AdapterError ? "failed" : "discarded");
      throw error;
    }
    this.note(isOn ? "failed" : "done");
    if (isOn) throw new FlakyError("This run fails once more has come");
  }
}

/** A callback of a batch. */
export class Called extends Command.initializeWith((word: "complete" | "success" | "death") => ({
  word,
})) {
  static readonly commandName: string = "Called";

  call(): void {
    note(this.job?.id ?? "?", this.batch?.id ?? "?", this.word);
  }
}

/** A batch of jobs of all kinds, with others in it. */
export function tree(depth: number): Promise<Batch> {
  const callbacks = {
    onComplete: Called.prepare("complete"),
    onSuccess: Called.prepare("success"),
    onDeath: Called.prepare("death"),
  };
  return Batch.create(callbacks, async (batch) => {
    const width = below(8);
    for (let count = 0; count < width; count += 1) {
      noteAdded(batch, await member(depth));
      if (depth > 0 && Math.random() < 0.2) await tree(depth - 1);
    }
  });
}

function member(depth: number): Promise<JobHandle> {
  const chance = Math.random();
  if (chance < 0.08) return Doomed.defer();
  if (chance < 0.2 && depth > 0) return Grow.defer(depth - 1);
  const isLate = Math.random() < 0.1;
  const fate = FATES[below(FATES.length)] ?? "done";
  return Unit.defer(fate, below(20), isLate ? { wait: Math.random() } : {});
}

function noteAdded({ id }: Batch, job: JobHandle): void {
  note(job.id, id, "added");
}

function below(limit: number): number {
  return Math.floor(Math.random() * limit);
}

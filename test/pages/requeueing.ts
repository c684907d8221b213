import { Command } from "mandate";
import { startWorker } from "mandate/worker";

/** Stands for a service that is asked too often. */
const answers = [{ status: 429, retryAfter: 0.01 }, { status: 200 }];
const ask = async (_userId: number) => answers.shift()!;

class SyncProfile extends Command.initializeWith((userId: number) => ({ userId })) {
  async call() {
    const { status, retryAfter = 60 } = await ask(this.userId);
    if (status === 429) this.requeueJob(retryAfter); // ends here: same job, same jid, no failure
    console.log(
      `synced user ${this.userId} as ${this.job?.id === job.id ? "the same job" : "another"}`,
    );
  }
}

const job = await SyncProfile.defer(1);

const worker = await startWorker();
await worker.drain();

// Output: synced user 1 as the same job

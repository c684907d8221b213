import { describe } from "vitest";
import { blockedContract } from "./contract/blocked.ts";
import { buryContract } from "./contract/bury.ts";
import { cancelContract } from "./contract/cancel.ts";
import { enqueueContract } from "./contract/enqueue.ts";
import { finishedContract } from "./contract/finished.ts";
import { fetchContract } from "./contract/fetch.ts";
import { leaseContract } from "./contract/lease.ts";
import { manageManyContract } from "./contract/manage-many.ts";
import { manageContract } from "./contract/manage.ts";
import { notesContract } from "./contract/notes.ts";
import { profilesContract } from "./contract/profiles.ts";
import { noticeContract } from "./contract/notices.ts";
import { payloadContract } from "./contract/payloads.ts";
import { prereqContract } from "./contract/prerequisites.ts";
import { prereqFailureContract } from "./contract/prereq-failure.ts";
import { prereqReleaseContract } from "./contract/prereq-release.ts";
import { promoteContract } from "./contract/promote.ts";
import { readContract } from "./contract/read.ts";
import { recoverContract } from "./contract/recover.ts";
import { rememberedContract } from "./contract/remembered.ts";
import { resultsContract } from "./contract/results.ts";
import type { CreateStore } from "./contract/rig.ts";
import { settleContract } from "./contract/settle.ts";
import { sequenceContract } from "./contract/sequences.ts";
import { settleManyContract } from "./contract/settle-many.ts";
import { statusContract } from "./contract/status.ts";

export type { CreateStore, StoreUnderTest } from "./contract/rig.ts";

/**
 * `src/adapters/adapter.ts` as tests, the same for every adapter.
 *
 * @param create makes an adapter on a fresh store; called for each test.
 * @param options `sequences`: how many random sequences of operations are compared with a model.
 */
export function adapterContract(
  name: string,
  create: CreateStore,
  { sequences = 200 }: { readonly sequences?: number } = {},
): void {
  describe(`${name}, by the contract of adapters`, () => {
    enqueueContract(create);
    rememberedContract(create);
    fetchContract(create);
    settleContract(create);
    settleManyContract(create);
    leaseContract(create);
    promoteContract(create);
    recoverContract(create);
    prereqContract(create);
    prereqReleaseContract(create);
    prereqFailureContract(create);
    blockedContract(create);
    buryContract(create);
    noticeContract(create);
    notesContract(create);
    profilesContract(create);
    resultsContract(create);
    finishedContract(create);
    statusContract(create);
    cancelContract(create);
    payloadContract(create);
    readContract(create);
    manageContract(create);
    manageManyContract(create);
    sequenceContract(create, sequences);
  });
}

import { describe } from "vitest";
import { blockedContract } from "./blocked.ts";
import { buryContract } from "./bury.ts";
import { cancelContract } from "./cancel.ts";
import { documentChangesContract } from "./document-changes.ts";
import { documentsContract } from "./documents.ts";
import { enqueueContract } from "./enqueue.ts";
import { finishedContract } from "./finished.ts";
import { fetchContract } from "./fetch.ts";
import { leaseContract } from "./lease.ts";
import { manageManyContract } from "./manage-many.ts";
import { manageContract } from "./manage.ts";
import { notesContract } from "./notes.ts";
import { profilesContract } from "./profiles.ts";
import { noticeContract } from "./notices.ts";
import { payloadContract } from "./payloads.ts";
import { prereqContract } from "./prerequisites.ts";
import { prereqFailureContract } from "./prereq-failure.ts";
import { prereqReleaseContract } from "./prereq-release.ts";
import { promoteContract } from "./promote.ts";
import { readContract } from "./read.ts";
import { recoverContract } from "./recover.ts";
import { rememberedContract } from "./remembered.ts";
import { resultsContract } from "./results.ts";
import type { CreateStore } from "./rig.ts";
import { settleContract } from "./settle.ts";
import { sequenceContract } from "./sequences.ts";
import { settleManyContract } from "./settle-many.ts";
import { statusContract } from "./status.ts";

/** How thoroughly an adapter is tested. */
export interface ContractOptions {
  /** How many random sequences of operations are compared with a model. @default 200 */
  readonly sequences?: number;
}

/**
 * The contract of adapters as tests, the same for every adapter: declares them with vitest's `describe` and `it`. Needs `vitest` and
 * `fast-check` installed.
 *
 * @param name What the adapter is called in the report.
 * @param create Makes an adapter on a fresh store; called for each test.
 */
export function adapterContract(
  name: string,
  create: CreateStore,
  { sequences = 200 }: ContractOptions = {},
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
    documentsContract(create);
    documentChangesContract(create);
    sequenceContract(create, sequences);
  });
}

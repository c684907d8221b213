import { describe } from "vitest";
import { batchesContract } from "./batches.ts";
import { batchSequencesContract } from "./batches-sequences.ts";
import { nestedBatchesContract } from "./batches-nested.ts";
import { heardBatchesContract } from "./batches-heard.ts";
import { blockedContract } from "./blocked.ts";
import { buryContract } from "./bury.ts";
import { cancelContract } from "./cancel.ts";
import { documentChangesContract } from "./document-changes.ts";
import { documentsContract } from "./documents.ts";
import { enqueueContract } from "./enqueue.ts";
import { fairContract } from "./fair.ts";
import { fairSequencesContract } from "./fair-sequences.ts";
import { finishedContract } from "./finished.ts";
import { fetchContract } from "./fetch.ts";
import { refusingContract } from "./holds-refusing.ts";
import { dyingHoldsContract } from "./holds-dying.ts";
import { linesContract } from "./holds-lines.ts";
import { replacingContract } from "./holds-replacing.ts";
import { turnsContract } from "./holds-turns.ts";
import { fetchingTurnsContract } from "./holds-fetching.ts";
import { parkedContract } from "./holds-parked.ts";
import { ratesContract } from "./holds-rates.ts";
import { checkpointContract } from "./checkpoint.ts";
import { codeHoldsContract } from "./holds-code.ts";
import { holdSequencesContract } from "./holds-sequences.ts";
import { leaseContract } from "./lease.ts";
import { manageManyContract } from "./manage-many.ts";
import { manageContract } from "./manage.ts";
import { rewriteContract } from "./rewrite.ts";
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

/** A part of the contract that an adapter can be held to by itself. */
export type ContractPart =
  | "enqueue"
  | "remembered"
  | "fetch"
  | "settle"
  | "settleMany"
  | "lease"
  | "checkpoint"
  | "promote"
  | "recover"
  | "prerequisites"
  | "prereqRelease"
  | "prereqFailure"
  | "blocked"
  | "bury"
  | "notices"
  | "notes"
  | "profiles"
  | "results"
  | "finished"
  | "status"
  | "cancel"
  | "payloads"
  | "read"
  | "manage"
  | "manageMany"
  | "rewrite"
  | "holdsRefusing"
  | "holdsDying"
  | "holdsLines"
  | "holdsReplacing"
  | "holdsTurns"
  | "holdsFetching"
  | "holdsParked"
  | "holdsRates"
  | "holdsCode"
  | "fairness"
  | "batches"
  | "nestedBatches"
  | "heardBatches"
  | "documents"
  | "documentChanges"
  | "sequences"
  | "fairSequences"
  | "holdSequences"
  | "batchSequences";

const PARTS: Readonly<
  Record<
    Exclude<ContractPart, "sequences" | "fairSequences" | "holdSequences" | "batchSequences">,
    (create: CreateStore) => void
  >
> = {
  enqueue: enqueueContract,
  remembered: rememberedContract,
  fetch: fetchContract,
  settle: settleContract,
  settleMany: settleManyContract,
  lease: leaseContract,
  checkpoint: checkpointContract,
  promote: promoteContract,
  recover: recoverContract,
  prerequisites: prereqContract,
  prereqRelease: prereqReleaseContract,
  prereqFailure: prereqFailureContract,
  blocked: blockedContract,
  bury: buryContract,
  notices: noticeContract,
  notes: notesContract,
  profiles: profilesContract,
  results: resultsContract,
  finished: finishedContract,
  status: statusContract,
  cancel: cancelContract,
  payloads: payloadContract,
  read: readContract,
  manage: manageContract,
  manageMany: manageManyContract,
  rewrite: rewriteContract,
  holdsRefusing: refusingContract,
  holdsDying: dyingHoldsContract,
  holdsLines: linesContract,
  holdsReplacing: replacingContract,
  holdsTurns: turnsContract,
  holdsFetching: fetchingTurnsContract,
  holdsParked: parkedContract,
  holdsRates: ratesContract,
  holdsCode: codeHoldsContract,
  fairness: fairContract,
  batches: batchesContract,
  nestedBatches: nestedBatchesContract,
  heardBatches: heardBatchesContract,
  documents: documentsContract,
  documentChanges: documentChangesContract,
};

/** How much of the contract is tested, and how thoroughly. */
export interface ContractOptions {
  /** Which parts: for an adapter that is being written. @default all */
  readonly parts?: readonly ContractPart[];
  /** How many random sequences of operations are compared with a model; 0: none. @default 200 */
  readonly sequences?: number;
}

/**
 * The contract of adapters as tests, the same for every adapter: declares them with vitest's
 * `describe` and `it`. Needs `vitest` and `fast-check` installed.
 *
 * @param name What the adapter is called in the report.
 * @param create Makes an adapter on a fresh store; called for each test.
 *
 * @example
 * ```ts
 * import { MemoryAdapter } from "mandate";
 * import { adapterContract } from "mandate/adapter-contract";
 *
 * adapterContract("MyAdapter", async () => {
 *   let now = 1_800_000_000;
 *   const adapter = new MemoryAdapter({ clock: { now: () => now } }); // yours
 *   return {
 *     adapter,
 *     tick: 1,
 *     connect: async () => adapter,
 *     elapse: async (seconds) => {
 *       now += seconds;
 *     },
 *     dispose: () => adapter.close(),
 *   };
 * });
 * ```
 */
export function adapterContract(
  name: string,
  create: CreateStore,
  { parts, sequences = 200 }: ContractOptions = {},
): void {
  const claims = (part: string): boolean =>
    parts === undefined || parts.some((each) => each === part);
  describe(`${name}, by the contract of adapters`, () => {
    for (const [part, declare] of Object.entries(PARTS)) {
      if (claims(part)) {
        declare(create);
      }
    }
    if (sequences > 0 && claims("sequences")) {
      sequenceContract(create, sequences);
    }
    if (sequences > 0 && claims("fairSequences")) {
      fairSequencesContract(create, sequences);
    }
    if (sequences > 0 && claims("holdSequences")) {
      holdSequencesContract(create, sequences);
    }
    if (sequences > 0 && claims("batchSequences")) {
      batchSequencesContract(create, Number(process.env["BATCH_SHAPES"] ?? sequences));
    }
  });
}

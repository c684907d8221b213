export { AdapterError, LeaseLostError } from "./adapters/adapter-error.ts";
export type { Adapter, Lease } from "./adapters/adapter.ts";
export type { Capabilities } from "./adapters/capabilities.ts";
export type { LeaseOptions } from "./adapters/lease-options.ts";
export {
  batchEvent,
  batchKey,
  FAILURE_LENGTH,
  FAILURES_KEPT,
  readBatchEvent,
  type Batches,
  type BatchEvent,
  type BatchHappening,
  type BatchFailure,
  type BatchOpening,
  type BatchPage,
  type BatchState,
} from "./adapters/batches.ts";
export {
  buriedAsLost,
  buriedWithPrereq,
  LOSSES_TO_BURY,
  type Burial,
  type FailedPrereq,
} from "./adapters/bury.ts";
export {
  assertDocument,
  assertGiven,
  type Conflict,
  type Document,
  type DocumentPage,
  type Documents,
  type DocumentWrite,
  type Written,
} from "./adapters/documents.ts";
export { ENDS_KEPT, JIDS_KEPT, MOST_ENDS, type Unsuccessful } from "./adapters/ends.ts";
export { ALL_ACCEPTED, type EnqueueAnswer, type Refusal } from "./adapters/enqueue-answer.ts";
export { assertEntries, assertOutcomes } from "./adapters/entries.ts";
export type { Entry } from "./adapters/entry.ts";
export type { Exchange, FetchedJob, FetchRequest } from "./adapters/fetching.ts";
export type { Finding } from "./adapters/finding.ts";
export { queueKey, type Hold, type Rate } from "./adapters/hold.ts";
export type {
  Holder,
  HolderPage,
  Holds,
  KeyLimit,
  KeyPage,
  KeyState,
  Obstacle,
  Taken,
  TakeOptions,
} from "./adapters/holds.ts";
export {
  PROFILE_BYTES,
  PROFILE_KEPT,
  PROFILES_KEPT,
  PROGRESS_KEPT,
  type FinishedJob,
  type JobEnd,
  type JobNotes,
  type Left,
  type LeftResult,
  type Listening,
  type Profile,
  type ProgressNote,
  type StoredProfile,
} from "./adapters/job-notes.ts";
export {
  timestamp,
  type JobRecord,
  type PrereqFailure,
  type RecordMeta,
  type TimeUnit,
} from "./adapters/job-record.ts";
export type {
  DayCounters,
  ForeignProcess,
  JobStatus,
  JobStore,
  Library,
  Move,
  Page,
  Place,
  QueuePlace,
  RunningJob,
  SetName,
  StoredJob,
  WorkerInfo,
  WorkerState,
} from "./adapters/job-store.ts";
export { Listeners } from "./adapters/listeners.ts";
export type { Promotion } from "./adapters/promotion.ts";
export type { Recovery } from "./adapters/recovery.ts";
export type { Outcome } from "./adapters/outcome.ts";
export { appendField } from "./adapters/payload.ts";
export { withJid } from "./adapters/presentable.ts";
export { hasStar, isListed, servedQueues } from "./adapters/served-queues.ts";
export { StoreSettings, type StoreOptions } from "./adapters/store-settings.ts";
export type { FormatChoice, WireFormat, WireFormats } from "./adapters/wire-format.ts";

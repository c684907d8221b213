export { abort } from "./job/around/abort.ts";
export { AdapterError, LeaseLostError } from "./adapters/adapter-error.ts";
export type { Adapter } from "./adapters/adapter.ts";
export type { JobRecord, PrereqFailure, RecordMeta, TimeUnit } from "./adapters/job-record.ts";
export { MemoryAdapter } from "./adapters/memory/memory-adapter.ts";
export { Batch, type BatchBlock } from "./batches/batch.ts";
export type { CompletedOptions } from "./batches/await-complete.ts";
export type { BatchOptions } from "./batches/batch-options.ts";
export type { KnownBatch } from "./batches/known-batch.ts";
export {
  BatchCancelledError,
  BatchClosedError,
  BatchTimeoutError,
} from "./batches/batch-errors.ts";
export type { BatchGraph, GraphJob } from "./batches/batch-graph.ts";
export type { PrereqResults } from "./batches/prereq-results.ts";
export type { BatchStatus } from "./batches/batch-status.ts";
export type { Callback } from "./batches/callbacks.ts";
export type { BatchFailure } from "./adapters/batches.ts";
export {
  defineConfig,
  type ProgramConfig,
  type ProgramConfigFile,
  type ProgramContext,
} from "./cli/define-config.ts";
export { CallbacksCommand } from "./command/callbacks-command.ts";
export { Command } from "./command/command.ts";
export type {
  CallableClass,
  CallArguments,
  CallOutput,
  DeferArguments,
  InitializeArguments,
  InitializedCommand,
  InitializeProperties,
  Initializing,
} from "./command/command-shape.ts";
export type { ConfiguredCommand } from "./command/configured-command.ts";
export type { ReservedName } from "./command/initialize-with.ts";
export { ArgumentCountError } from "./job/declare/argument-count.ts";
export { memoize } from "./command/memoize.ts";
export { Results } from "./command/results.ts";
export type { Configuration } from "./configuration/configuration.ts";
export { configure } from "./configuration/configure.ts";
export { loadCommands } from "./configuration/load-commands.ts";
export { DecryptionError, EncryptionKeyMissingError } from "./encryption/encryption-errors.ts";
export type { EncryptionOptions } from "./encryption/keyring.ts";
export { GlobalID, type GlobalIDOptions } from "./globalid/global-id.ts";
export { GlobalIdVerifier, type GlobalIdVerifierOptions } from "./globalid/global-id-verifier.ts";
export {
  InvalidSignedGlobalIDError,
  SignedGlobalID,
  type CreateSignedGlobalIDOptions,
  type SignedGlobalIDOptions,
} from "./globalid/signed-global-id.ts";
export { DuplicateJobError } from "./guards/unique/duplicate-job-error.ts";
export type { DebounceOptions, UniqueOptions } from "./guards/unique/unique-macro.ts";
export { locks, releaseLock, type Lock } from "./guards/unique/locks.ts";
export { GuardKeyError } from "./guards/guard-key-error.ts";
export { JobCancelledError } from "./job/inside/cancellation.ts";
export type { AroundName, CallbackName, DiscardName } from "./job/declare/callback.ts";
export { UnknownOptionError } from "./job/checks/checks.ts";
export {
  contextAttributes,
  type ContextAttributes,
  type ContextAttributesOptions,
  type SomeAttributes,
} from "./job/surroundings/context-attributes.ts";
export type { ClassJobs } from "./job/declare/class-jobs.ts";
export { currentJob } from "./job/surroundings/current-job.ts";
export { deferAfter } from "./job/defer/defer-after.ts";
export type { DeferOptions } from "./command/defer-options.ts";
export { deferAll, deferAll as performAllLater } from "./job/defer/defer.ts";
export type { DeclaringClass } from "./job/declare/declarations.ts";
export type { DefaultJobOptions, JobOptions } from "./job/declare/job-options.ts";
export type { RetriesExhausted, RetryIn } from "./job/declare/retries.ts";
export type { RetryWait } from "./job/declare/error-rules.ts";
export { errorKinds, type ErrorKind, type ErrorKinds } from "./job/errors/error-kinds.ts";
export type {
  ErrorClass,
  ErrorMatcher,
  ErrorPredicate,
  MatchedBy,
  RuleErrors,
  UntypedErrors,
} from "./job/errors/error-matcher.ts";
export type { ErrorPattern, PatternValue } from "./job/errors/error-pattern.ts";
export {
  channelNames,
  type BlockEvent,
  type CancelEvent,
  type DuplicateEvent,
  type EndEvent,
  type EnqueueEvent,
  type Events,
  type ExpireEvent,
  type FailEvent,
  type FinishEvent,
  type JobEvent,
  type LimitEvent,
  type PromoteEvent,
  type BatchEvent,
  type RecoverEvent,
  type RequeueEvent,
  type RetryEvent,
  type StartEvent,
  type UnblockEvent,
  type UnlimitEvent,
} from "./job/observe/events.ts";
export type { ResultOptions } from "./job/handle/await-result.ts";
export type { EnqueuedOf, HandleOf, PreparedJobOf, ResultOf } from "./job/defer/handle-of.ts";
export { InvalidLimitError } from "./guards/limits/limit-error.ts";
export type { ConcurrencyOptions, RateOptions } from "./guards/limits/limits-macros.ts";
export type { ConfiguredQueues } from "./guards/limits/configured-queues.ts";
export type { QueueConfiguration } from "./configuration/queues.ts";
export type { QueuedCall, QueueFairness } from "./guards/fair/queue-fairness.ts";
export type { MostOf, OnLimit } from "./guards/limits/declared-limit.ts";
export type { FinishedLimit } from "./traits/keep-finished.ts";
export type { JobById } from "./job/handle/job-by-id.ts";
export type { JobHandle } from "./job/handle/job-handle.ts";
export { Job, type ConfiguredJob, type JobClass, type PerformResult } from "./command/job.ts";
export type { ArgumentsOf, RetryOnOptions } from "./job/declare/job-macros.ts";
export type { KeepResultOptions } from "./traits/keep-result.ts";
export { MandateJob } from "./command/mandate-job.ts";
export type { Middleware } from "./job/around/middleware.ts";
export { OtherDeclarationError } from "./job/record/other-declaration.ts";
export type { PrereqJob, WrittenJob } from "./job/defer/prereq-job.ts";
export { JobExpiredError } from "./job/outcome/job-expired-error.ts";
export { PrereqJobNotFinishedError } from "./job/defer/prerequisites.ts";
export type { Progress } from "./job/handle/progress.ts";
export type { PreparedJob } from "./job/defer/prepared-job.ts";
export {
  DuplicateCommandNameError,
  registerCommands,
  UnknownCommandError,
} from "./job/declare/registry.ts";
export {
  JobFailedError,
  ResultTimeoutError,
  ResultUnavailableError,
  type NoResultReason,
} from "./job/handle/result-errors.ts";
export {
  limiter,
  type ConcurrentOptions,
  type LeakyOptions,
  type LimiterMaker,
  type PeriodOptions,
  type PointsOptions,
} from "./guards/limiter/make-limiter.ts";
export type {
  Limiter,
  Points,
  PointsLimiter,
  PointsWithinOptions,
  WithinOptions,
} from "./guards/limiter/limiter.ts";
export type { LimiterKind } from "./guards/limiter/limiter-kind.ts";
export { OverLimitError } from "./guards/limiter/over-limit-error.ts";
export { limiters, type LimiterState } from "./guards/limiter/limiters.ts";
export { NotInJobError } from "./job/inside/requeue.ts";
export { retryAfter } from "./job/errors/retry-after.ts";
export { TimeoutError } from "./traits/time-limit.ts";
export { UnstableNameError } from "./job/declare/unstable-name.ts";
export type { DeathHandler, ErrorHandler } from "./job/settings/run-environment.ts";
export type { ArgumentFilter } from "./job/settings/settings.ts";
export { InvalidDurationError, type Duration } from "./support/duration.ts";
export { ConfigurationError, MandateError } from "./support/errors.ts";
export { consoleLogger, silentLogger, type Logger } from "./support/logger.ts";
export { RecordNotFoundError } from "./globalid/global-id.ts";
export { locateMany } from "./globalid/locate.ts";
export type { AppLocator } from "./globalid/app-locators.ts";
export { globalId, type ModelClass, type ModelDefinition } from "./globalid/model-registry.ts";
export { byValue } from "./globalid/by-value.ts";
export { reference } from "./globalid/reference.ts";
export { ruby } from "./serialization/ruby.ts";
export type {
  DurationParts,
  DurationUnit,
  RubyBigDecimal,
  RubyDate,
  RubyDuration,
  RubyFloat,
  RubyModule,
  RubyRange,
  RubySymbol,
} from "./serialization/ruby-values.ts";
export type { HashKeys } from "./serialization/hash-form.ts";
export { DeserializationError, RecordLookupError } from "./serialization/deserialization-error.ts";
export { SerializationError } from "./serialization/serialization-error.ts";
export type { WireFormat, WireFormats } from "./adapters/wire-format.ts";
export type {
  DayCounters,
  JobStatus,
  Library,
  SetName,
  WorkerInfo,
  WorkerState,
} from "./adapters/job-store.ts";
export { ResumptionLimitError } from "./steps/resumption-limit-error.ts";
export type { IterateOptions } from "./steps/iterate.ts";
export type { Source } from "./steps/source.ts";
export type { Step } from "./steps/step.ts";
export { StepsChangedError } from "./steps/steps-changed-error.ts";
export { recurring, type RecurringFileOptions } from "./recurring/recurring.ts";
export type { CatchUp, Overlap, RecurringOptions } from "./recurring/recurring-options.ts";
export {
  InvalidRecurringJobError,
  UnknownRecurringJobError,
} from "./recurring/recurring-errors.ts";
export type {
  RecurringJob,
  RecurringJobHandle,
  RecurringOutcome,
  RecurringRun,
} from "./recurring/recurring-job.ts";
export type { ClassRecurringOptions } from "./recurring/class-options.ts";
export type {
  ConfiguredRecurringJob,
  ConfiguredRecurringJobs,
} from "./recurring/configured-jobs.ts";
export { InvalidScheduleError } from "./recurring/schedule/invalid-schedule-error.ts";
export { Schedule } from "./recurring/schedule/schedule.ts";
export type { ScheduleOptions, ScheduleText } from "./recurring/schedule/schedule-text.ts";
export { subscribe, type Listeners } from "./instrumentation/subscribe.ts";
export { actionsAt, isFinal, placesFor, type JobAction } from "./inspection/actions/actions.ts";
export { auditLog, type AuditEntry, type AuditOptions } from "./inspection/audit.ts";
export { changeJob } from "./inspection/actions/change-job.ts";
export type { ChangeJobOptions, JobChange } from "./inspection/actions/change-job.ts";
export { changeJobs } from "./inspection/actions/change-jobs.ts";
export type { ChangeJobsOptions, ChangeProgress } from "./inspection/actions/change-jobs.ts";
export { rotateKeys } from "./inspection/actions/rotate-keys.ts";
export type { KeyRotation, RotateKeysOptions } from "./inspection/actions/rotate-keys.ts";
export {
  moveJobs,
  type MoveOptions,
  type MoveProgress,
  type MoveReport,
} from "./inspection/move/move-jobs.ts";
export { jobJson, type JobJson } from "./inspection/entries/job-json.ts";
export type { BlockedBy } from "./inspection/lists/blocked-by.ts";
export { jobDetails } from "./inspection/lists/job-details.ts";
export type { JobDetails, KeptResult, RelatedJob } from "./inspection/lists/job-details.ts";
export { findJob } from "./inspection/lists/find-job.ts";
export type { Finding } from "./adapters/finding.ts";
export { doctor, type DoctorOptions } from "./inspection/doctor/doctor.ts";
export { commandStats, type CommandStats } from "./inspection/figures/command-stats.ts";
export { history } from "./inspection/figures/history.ts";
export { errors, errorsSeen } from "./inspection/figures/errors.ts";
export type { ErrorGroup, ErrorsSeen } from "./inspection/figures/errors.ts";
export type { StepState } from "./inspection/entries/step-state.ts";
export type { JobEntry } from "./inspection/entries/job-entry.ts";
export {
  blockedSet,
  deadSet,
  finishedSet,
  retrySet,
  scheduledSet,
  type JobSet,
} from "./inspection/lists/job-set.ts";
export { jobById } from "./inspection/job-by-id.ts";
export { jobs, type FoundJob, type JobPlace, type SearchOptions } from "./inspection/lists/jobs.ts";
export type { JobPage, PageOptions } from "./inspection/lists/job-page.ts";
export { jobsPage, type JobsPage, type JobsPageOptions } from "./inspection/lists/jobs-page.ts";
export type { PassOptions, PassProgress } from "./inspection/lists/pass.ts";
export { profiles, type ProfileEntry } from "./inspection/profiles.ts";
export { queue, queues, type Queue } from "./inspection/lists/queue.ts";
export type { QueueJobs } from "./inspection/lists/queue-jobs.ts";
export type { QueueLimitStats } from "./inspection/lists/queue-limits.ts";
export type { QueueLimit } from "./job/checks/queue-limit.ts";
export type { RateNumbers } from "./job/checks/limit-numbers.ts";
export { fairKeys, type FairKeyStats } from "./inspection/figures/fair-keys.ts";
export { limitStats, type LimitStats } from "./inspection/figures/limits.ts";
export type { Rate } from "./adapters/hold.ts";
export type { RunningEntry } from "./inspection/entries/running-entry.ts";
export type { JobSelection } from "./inspection/lists/selection.ts";
export { queueStats, type QueueStats } from "./inspection/figures/queue-stats.ts";
export {
  ratesBetween,
  snapshot,
  type Rates,
  type Snapshot,
} from "./inspection/figures/snapshot.ts";
export {
  cancelJob,
  processes,
  quietProcess,
  running,
  stats,
  stopProcess,
  type Stats,
} from "./inspection/figures/stats.ts";

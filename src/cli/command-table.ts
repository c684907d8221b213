import { auditCommand } from "./commands/audit.ts";
import { batchesCancelCommand } from "./commands/batches-cancel.ts";
import { batchesListCommand } from "./commands/batches-list.ts";
import { batchesRetryCommand } from "./commands/batches-retry.ts";
import { batchesShowCommand } from "./commands/batches-show.ts";
import { commandsCommand } from "./commands/commands.ts";
import { completionCommand } from "./commands/completion.ts";
import { doctorCommand } from "./commands/doctor.ts";
import { enqueueCommand } from "./commands/enqueue.ts";
import { errorsCommand } from "./commands/errors.ts";
import { generateCommandCommand } from "./commands/generate-command.ts";
import { generateJobCommand } from "./commands/generate-job.ts";
import { jobsCancelCommand } from "./commands/jobs-cancel.ts";
import { jobsDeleteCommand } from "./commands/jobs-delete.ts";
import { jobsKillCommand } from "./commands/jobs-kill.ts";
import { jobsListCommand } from "./commands/jobs-list.ts";
import { jobsPromoteCommand } from "./commands/jobs-promote.ts";
import { jobsRetryCommand } from "./commands/jobs-retry.ts";
import { jobsShowCommand } from "./commands/jobs-show.ts";
import { limitsCommand } from "./commands/limits.ts";
import { locksListCommand } from "./commands/locks-list.ts";
import { locksReleaseCommand } from "./commands/locks-release.ts";
import { moveCommand } from "./commands/move.ts";
import { migrateCommand } from "./commands/migrate.ts";
import { processesQuietCommand } from "./commands/processes-quiet.ts";
import { processesStopCommand } from "./commands/processes-stop.ts";
import { processesCommand } from "./commands/processes.ts";
import { profilesGetCommand } from "./commands/profiles-get.ts";
import { profilesListCommand } from "./commands/profiles-list.ts";
import { queuesClearCommand } from "./commands/queues-clear.ts";
import { queuesLimitCommand } from "./commands/queues-limit.ts";
import { queuesPauseCommand } from "./commands/queues-pause.ts";
import { queuesResumeCommand } from "./commands/queues-resume.ts";
import { queuesShowCommand } from "./commands/queues-show.ts";
import { queuesCommand } from "./commands/queues.ts";
import { recurringCheckCommand } from "./commands/recurring-check.ts";
import { recurringDeleteCommand } from "./commands/recurring-delete.ts";
import { recurringListCommand } from "./commands/recurring-list.ts";
import { recurringNextCommand } from "./commands/recurring-next.ts";
import { recurringPauseCommand } from "./commands/recurring-pause.ts";
import { recurringResumeCommand } from "./commands/recurring-resume.ts";
import { recurringRunCommand } from "./commands/recurring-run.ts";
import { recurringShowCommand } from "./commands/recurring-show.ts";
import { rotateKeysCommand } from "./commands/rotate-keys.ts";
import { statsCommand } from "./commands/stats.ts";
import { topCommand } from "./commands/top.ts";
import { webCommand } from "./commands/web.ts";
import { workerCommand } from "./commands/worker.ts";
import type { ProgramCommand } from "./program-command.ts";

/** All that the program can do, in the order of its help. Help and completion are made of it. */
export const commandTable: readonly ProgramCommand[] = [
  workerCommand,
  statsCommand,
  topCommand,
  webCommand,
  auditCommand,
  commandsCommand,
  queuesCommand,
  queuesShowCommand,
  queuesPauseCommand,
  queuesResumeCommand,
  queuesLimitCommand,
  queuesClearCommand,
  jobsListCommand,
  jobsShowCommand,
  jobsRetryCommand,
  jobsPromoteCommand,
  jobsKillCommand,
  jobsCancelCommand,
  jobsDeleteCommand,
  batchesListCommand,
  batchesShowCommand,
  batchesCancelCommand,
  batchesRetryCommand,
  limitsCommand,
  locksListCommand,
  locksReleaseCommand,
  errorsCommand,
  processesCommand,
  processesQuietCommand,
  processesStopCommand,
  recurringListCommand,
  recurringShowCommand,
  recurringNextCommand,
  recurringRunCommand,
  recurringPauseCommand,
  recurringResumeCommand,
  recurringDeleteCommand,
  recurringCheckCommand,
  profilesListCommand,
  profilesGetCommand,
  enqueueCommand,
  doctorCommand,
  rotateKeysCommand,
  moveCommand,
  migrateCommand,
  generateCommandCommand,
  generateJobCommand,
  completionCommand(() => commandTable),
];

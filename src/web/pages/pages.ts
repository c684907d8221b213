import type { Page } from "../page.ts";
import { auditPage } from "./audit.tsx";
import { commandsPage } from "./commands.tsx";
import { batchesPage, batchPage } from "./batches.tsx";
import { errorsPage } from "./errors.tsx";
import { healthPage } from "./health.tsx";
import { helpPage } from "./help.tsx";
import { jobPage } from "./job.tsx";
import { jobsListPage } from "./jobs.tsx";
import { limitsPage } from "./limits.tsx";
import { overviewPage } from "./overview.tsx";
import { processesPage } from "./processes.tsx";
import { profileFilePage, profilesPage } from "./profiles.tsx";
import { queuePage } from "./queue.tsx";
import { queuesPage } from "./queues.tsx";
import { recurringJobPage, recurringPage } from "./recurring.tsx";

/** All pages that there are. */
export const pages: readonly Page[] = [
  overviewPage,
  queuesPage,
  queuePage,
  jobsListPage,
  jobPage,
  errorsPage,
  commandsPage,
  processesPage,
  recurringPage,
  recurringJobPage,
  batchesPage,
  batchPage,
  limitsPage,
  healthPage,
  profilesPage,
  profileFilePage,
  auditPage,
  helpPage,
];

import * as Sentry from "@sentry/node"; // Sentry.init(…) has run before, as Sentry's guide says
import { configure, type JobHandle } from "mandate";

// What and where, but no arguments: they may be secret.
const tagsOf = (job: JobHandle | undefined) => ({
  job: job?.className,
  queue: job?.queueName,
  jid: job?.id,
});

configure({
  errorHandlers: [(error, job) => Sentry.captureException(error, { tags: tagsOf(job) })],
  deathHandlers: [
    // A message: Sentry drops an error that it has been told of before.
    (job, error) =>
      Sentry.captureMessage(`${job.className} is dead`, {
        level: "fatal",
        tags: tagsOf(job),
        extra: { error: String(error) },
      }),
  ],
});

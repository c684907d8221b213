import { InvalidDurationError, seconds } from "../../support/duration.ts";
import { leaveAlone } from "../../support/leave-alone.ts";
import { describe } from "../checks/checks.ts";
import type { RetryWait } from "./error-rules.ts";
import { checkDate } from "../checks/last-date.ts";

/** @throws {InvalidDurationError} if it is a duration, and none can wait for so long. */
export function checkWait(wait: RetryWait, where: string): void {
  if (typeof wait === "function" || wait === "polynomially" || wait === "exponentially") {
    return;
  }
  const [, begin] = /^\W*(expo|poly)/i.exec(String(wait)) ?? [];
  if (begin !== undefined) {
    const meant = begin.toLowerCase() === "poly" ? "polynomially" : "exponentially";
    throw new InvalidDurationError(
      `Cannot use ${describe(wait)} as ${where}: it is neither a duration, nor "polynomially" or "exponentially". ` +
        `Did you mean "${meant}"?`,
    );
  }
  checkDate(seconds(wait, where), where);
}

/**
 * Seconds until Sidekiq's next retry.
 *
 * @param count Retries so far: 0 after the first failure.
 * @see Sidekiq 8.1 `job_retry.rb`
 */
export function sidekiqDelay(count: number): number {
  return count ** 4 + 15 + Math.floor(Math.random() * 10 * (count + 1));
}

/**
 * Seconds until a `retryOn` runs the job again.
 *
 * @param executions Failed runs so far, at least 1.
 * @see Active Job 8.1 `exceptions.rb`; a function's waits get no jitter there either.
 */
export function retryOnDelay(
  rule: { readonly wait: RetryWait; readonly jitter: number },
  executions: number,
  error: unknown,
): number {
  const { wait, jitter } = rule;
  if (typeof wait === "function") {
    const wanted = wait(executions, error);
    leaveAlone(wanted);
    return checkDate(seconds(wanted), "the wait of a retryOn");
  }
  if (wait === "polynomially" || wait === "exponentially") {
    const delay = executions ** 4;
    return delay + delay * jitter * Math.random() + 2;
  }
  const delay = seconds(wait);
  return delay + delay * jitter * Math.random();
}

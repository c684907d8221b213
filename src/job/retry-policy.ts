import { seconds } from "../support/duration.ts";
import type { RetryWait } from "./declarations.ts";

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
    return seconds(wait(executions, error));
  }
  if (wait === "polynomially" || wait === "exponentially") {
    const delay = executions ** 4;
    return delay + delay * jitter * Math.random() + 2;
  }
  const delay = seconds(wait);
  return delay + delay * jitter * Math.random();
}

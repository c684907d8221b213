import type { Duration } from "../../support/duration.ts";
import type { JobHandle } from "../handle/job-handle.ts";
import { defineTrait, type Trait } from "./declarations.ts";

/**
 * When a failed job comes again: after seconds, or a duration such as `"5 minutes"`; `"default"`,
 * or nothing: by Sidekiq's formula; `"discard"` or `"kill"`: never.
 *
 * @param count Retries so far: 0 after the first failure.
 */
export type RetryIn = (
  count: number,
  error: unknown,
) => Duration | "default" | "discard" | "kill" | undefined | null;

/** Called when a job is out of retries; `"discard"` keeps it out of the dead set. */
export type RetriesExhausted<Command = never> = (
  job: JobHandle,
  error: unknown,
  command: Command | undefined,
) => unknown;

/** How often a failed job is tried again; `false`: never, and it is not kept. */
export const retryTrait: Trait<number | boolean | undefined> = defineTrait<
  number | boolean | undefined
>({ name: "retry", undeclared: undefined });

export const retryInTrait: Trait<RetryIn | undefined> = defineTrait<RetryIn | undefined>({
  name: "retryIn",
  undeclared: undefined,
});

export const retriesExhaustedTrait: Trait<RetriesExhausted | undefined> = defineTrait<
  RetriesExhausted | undefined
>({ name: "retriesExhausted", undeclared: undefined });

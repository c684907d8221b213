import type { Callback } from "../around/middleware.ts";
import type { JobHandle } from "../handle/job-handle.ts";
import { defineTrait, type Trait } from "./declarations.ts";

/** Called when a job is over by an error. */
export type DiscardCallback = (
  job: JobHandle,
  error: unknown,
  command: object | undefined,
) => unknown;

export const enqueueCallbacks: Trait<readonly Callback[]> = callbacks("enqueue");
export const performCallbacks: Trait<readonly Callback[]> = callbacks("perform");
export const discardCallbacks: Trait<readonly DiscardCallback[]> = callbacks("discard");

/** In the order in which they were declared, a parent's first. */
function callbacks<Each>(event: string): Trait<readonly Each[]> {
  return defineTrait<readonly Each[]>({
    name: `callbacks of ${event}`,
    undeclared: [],
    inherit: (inherited, own) => [...inherited, ...own],
  });
}

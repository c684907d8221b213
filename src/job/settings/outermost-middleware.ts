import { shared } from "../../support/shared-state.ts";
import type { Middleware } from "../around/middleware.ts";
import { settings } from "./settings.ts";

export type MiddlewareSide = "enqueue" | "perform";

const outermost = shared(
  "outermost-middleware",
  (): Record<MiddlewareSide, readonly Middleware[]> => ({ enqueue: [], perform: [] }),
);

/**
 * Stands around all that an application configures, whether it does that before or after.
 *
 * @returns what takes it away again.
 */
export function addOutermost(side: MiddlewareSide, middleware: Middleware): () => void {
  const setting = side === "enqueue" ? "enqueueMiddleware" : "performMiddleware";
  outermost[side] = [middleware, ...outermost[side]];
  settings()[setting] = [middleware, ...settings()[setting]];
  return () => {
    outermost[side] = outermost[side].filter((each) => each !== middleware);
    settings()[setting] = settings()[setting].filter((each) => each !== middleware);
  };
}

/** What an application configures, with what stands around it. */
export function insideOutermost(
  side: MiddlewareSide,
  configured: readonly Middleware[],
): readonly Middleware[] {
  return [...outermost[side], ...configured];
}

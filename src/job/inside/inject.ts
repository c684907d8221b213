import { types } from "node:util";
import "reflect-metadata";
import {
  container as defaultContainer,
  type DependencyContainer,
  type InjectionToken,
} from "tsyringe";
import { runningJob } from "../surroundings/current-job.ts";
import { surroundedBy, surroundings, type JobScope } from "../surroundings/surroundings.ts";
import { settings } from "../settings/settings.ts";
import { logSafely } from "../../support/logger.ts";

/** Where an instance keeps the scope that its own first `inject` opened. */
export const ownScope: unique symbol = Symbol.for("mandate.scope") as never;

/** What may have opened a scope of its own. */
export interface ScopeHolder {
  [ownScope]?: InjectionScope | undefined;
}

/** A child of the application's container: what is `ContainerScoped` exists once in it. */
export class InjectionScope implements JobScope {
  readonly container: DependencyContainer;
  /** Work that goes on after the call, or the job, that began it finds its scope closed. */
  isOpen = true;

  constructor() {
    const parent = settings().container as DependencyContainer | undefined;
    this.container = (parent ?? defaultContainer).createChildContainer();
  }

  /** Disposes of what the container made, each at its own pace. */
  async dispose(): Promise<void> {
    this.isOpen = false;
    await this.container.dispose();
  }
}

/**
 * Resolves a collaborator: from the job's scope, else from that of the outermost inline call, else
 * from one that this instance opens.
 */
export function resolveFor<Collaborator>(
  holder: ScopeHolder,
  token: InjectionToken<Collaborator>,
): Collaborator {
  return scopeFor(holder).container.resolve(token);
}

function scopeFor(holder: ScopeHolder): InjectionScope {
  const job = runningJob();
  const ofJob = job && ((job.scope ??= new InjectionScope()) as InjectionScope);
  const ofCall = surroundings().scope as InjectionScope | undefined;
  const open = [ofJob, ofCall].find((scope) => scope?.isOpen);
  return open ?? (holder[ownScope] ??= new InjectionScope());
}

/**
 * Calls a command in the scope that it opened while it was made, and disposes of that scope when
 * the call has ended.
 */
export function callInScope(scope: InjectionScope, call: () => unknown): unknown {
  let output: unknown;
  try {
    output = surroundedBy({ scope }, call);
  } catch (error) {
    void disposeOf(scope);
    throw error;
  }
  if (types.isPromise(output)) {
    return disposeAfter(output, scope);
  }
  // A call that is not asynchronous cannot wait for what is disposed of.
  void disposeOf(scope);
  return output;
}

async function disposeAfter(output: Promise<unknown>, scope: InjectionScope): Promise<unknown> {
  try {
    return await output;
  } finally {
    await disposeOf(scope);
  }
}

/** Never rejects. */
export async function disposeOf(scope: InjectionScope): Promise<void> {
  try {
    await scope.dispose();
  } catch (error) {
    logSafely(
      settings().logger,
      "error",
      { err: error },
      "Could not dispose of what a command injected",
    );
  }
}

import { MandateError } from "../../support/errors.ts";
import { shared } from "../../support/shared-state.ts";
import type { Identity } from "./identity.ts";
import { enlist, identities, type RunnableClass } from "./registry.ts";
import { settings, type Settings } from "../settings/settings.ts";

const CURE =
  "Write it down in the class (static commandName, or jobName of a Job), or have the build keep names: " +
  "keepNames of esbuild and Rolldown, keep_classnames of terser and SWC";

/**
 * A job would be known outside of this process by a name that the next build may give to another
 * class.
 */
export class UnstableNameError extends MandateError {
  static {
    this.named("UnstableNameError");
  }

  readonly code = "MANDATE_UNSTABLE_NAME";
  /** The name in question. */
  readonly commandName: string;

  constructor(commandName: string, jid?: string) {
    const action = jid === undefined ? `Cannot defer ${commandName}` : `Cannot run job ${jid}`;
    super(
      `${action}: it looks as if a minifier or a bundler made the name "${commandName}", ` +
        `which then is another class's in the next build. ${CURE}`,
    );
    this.commandName = commandName;
  }
}

const warned = shared("unstable-names", () => ({ isWarned: false }));

/**
 * As `enlist`, for a job that is to be enqueued: one whose name does not outlive the build is kept
 * in the process.
 *
 * @throws {UnstableNameError} if it would leave it. Where it does not, a warning says once that it
 *   could not.
 */
export function enlistStable(runnable: RunnableClass): Identity {
  const identity = enlist(runnable);
  if (identity.isUnstable) {
    keepInProcess(identity, settings());
  }
  return identity;
}

function keepInProcess({ name }: Identity, { adapter, logger }: Settings): void {
  if (adapter.capabilities.persistent) {
    throw new UnstableNameError(name);
  }
  // Whoever makes classes by a function numbers them: where nothing can go wrong, that is worth no
  // warning.
  const isNumbered = name.length > 3 && /\d$/.test(name);
  if (!warned.isWarned && !isNumbered && adapter.name !== "test") {
    warned.isWarned = true;
    logger.warn(
      { command: name },
      `It looks as if a minifier or a bundler made the name "${name}". Jobs of it are refused by a store that outlives this process, ` +
        `such as Redis: another class may have the name in the next build. ${CURE}`,
    );
  }
}

/**
 * Says which classes a worker will not run, since other processes may mean others by their names.
 */
export function warnOfUnstable({ adapter, logger }: Pick<Settings, "adapter" | "logger">): void {
  const names = identities().flatMap(({ isUnstable, name }) => (isUnstable ? name : []));
  if (names.length > 0 && adapter.capabilities.persistent) {
    logger.error(
      { commands: names },
      `Jobs of these classes are not run, because a minifier or a bundler seems to have made their names: ${names.join(", ")}. ${CURE}`,
    );
  }
}

import { mandateJob } from "../job/record/active-job.ts";
import { Job } from "./job.ts";
import { runnableNamed } from "../job/declare/registry.ts";
import { invoke } from "../job/record/target.ts";

/**
 * The job that runs commands: its arguments are a command's name and that command's own. The
 * command's queue, retries, rules and callbacks hold for it. Past the parameters that it declares,
 * options may follow as they do in its own `defer`:
 * `MandateJob.performNow("Greet", "Ada", { prereqJobs: [job] })`.
 *
 * @example
 * ```ts
 * import { Command, MandateJob, registerCommands } from "mandate";
 *
 * class Greet extends Command.initializeWith((name: string) => ({ name })) {
 *   call() {
 *     return `Hello ${this.name}`;
 *   }
 * }
 * registerCommands(Greet);
 *
 * console.log(await MandateJob.performNow("Greet", "Ada"));
 * // Output: Hello Ada
 * ```
 */
export class MandateJob extends Job {
  /** Ruby knows it by that name, whatever a minifier made of the class's. */
  static override readonly jobName: string = mandateJob;

  /** @throws {UnknownCommandError} if no command of that name is registered here. */
  perform(commandName: string, ...args: unknown[]): unknown {
    return invoke(runnableNamed(commandName, "command"), args, { command: undefined });
  }
}

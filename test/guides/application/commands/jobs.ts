import { Command } from "mandate";

/** What the guides' lines for a terminal name. */
export class CleanUp extends Command {
  call() {}
}

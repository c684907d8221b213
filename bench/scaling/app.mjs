// What the program loads with -r, as built into dist/: a command that does nothing, and one that keeps a processor busy.
import { Command, configure, consoleLogger } from "../../dist/index.js";

configure({ logger: consoleLogger({ level: "warn" }) });

export class Noop extends Command.initializeWith((id) => ({ id })) {
  call() {}
}

/** Computes for some microseconds. */
export class Compute extends Command.initializeWith((id, microseconds) => ({ id, microseconds })) {
  call() {
    const until = performance.now() + this.microseconds / 1000;
    while (performance.now() < until);
  }
}

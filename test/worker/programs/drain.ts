// A script that defers and works in one process, and ends by itself when all is done.
import { Command, configure } from "mandate";
import { Worker } from "mandate/worker";
import { silentLogger } from "../../../src/support/logger.ts";

configure({ logger: silentLogger });

class Count extends Command.initializeWith((from: number) => ({ from })) {
  async call(): Promise<void> {
    console.log(this.from);
    if (this.from > 0) {
      await Count.defer(this.from - 1, { wait: 0.01 });
    }
  }
}

await Count.defer(3);
await new Worker().drain();
console.log("drained");

// Output:
// 3
// 2
// 1
// 0
// drained

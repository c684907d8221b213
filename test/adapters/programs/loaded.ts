// Defers and runs a job on the store of its environment, and says whether ioredis was loaded for that.
import { createRequire } from "node:module";
import { Command } from "mandate";
import { Worker } from "mandate/worker";

class Greet extends Command.initializeWith((name: string) => ({ name })) {
  call(): void {
    console.log(`Hello ${this.name}`);
  }
}

await Greet.defer("Ada");
await new Worker({ blockedAfter: Infinity }).drain();
const loaded = Object.keys(createRequire(import.meta.url).cache);
console.log(loaded.some((path) => path.includes("/ioredis/")) ? "with ioredis" : "without ioredis");

// Defers on the Redis of its environment, looks at the job, and closes nothing.
import { Command } from "mandate";

class Greet extends Command.initializeWith((name: string) => ({ name })) {
  call(): void {}
}

const job = await Greet.defer("Ada");
console.log(await job?.status());

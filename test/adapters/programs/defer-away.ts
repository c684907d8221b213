// Defers where no Redis is, says so, and closes nothing.
import { Command } from "mandate";

class Greet extends Command.initializeWith((name: string) => ({ name })) {
  call(): void {}
}

try {
  await Greet.defer("Ada");
} catch (error) {
  console.log((error as Error).name);
}

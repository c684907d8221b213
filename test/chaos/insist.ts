import { setTimeout as sleep } from "node:timers/promises";
import { AdapterError } from "mandate";

/** Does what bears to be done twice until the store answers: it is away for moments here. */
export async function insist<Answer>(deed: () => Promise<Answer>): Promise<Answer> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await deed();
    } catch (error) {
      if (!(error instanceof AdapterError) || tries === 100) throw error;
      await sleep(50);
    }
  }
}

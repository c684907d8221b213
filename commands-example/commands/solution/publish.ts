import { Command } from "mandate";
import { Database } from "../../database/database.ts";
import { type Iteration, solutions } from "../../database/schema.ts";

/**
 * Shows an iteration to everybody. It needs what other jobs found out, so it is deferred behind
 * them.
 */
export class PublishSolution extends Command.initializeWith((iteration: Iteration) => ({
  iteration,
})) {
  private readonly database = this.inject(Database);

  async call(): Promise<void> {
    // Looked up when this job runs: by now the row has what those before it wrote.
    const { id: iterationId, exerciseId, linesOfCode, snippet } = this.iteration;
    if (linesOfCode === null || snippet === null) {
      throw new Error(`Iteration ${iterationId} has no line count or no snippet yet`);
    }
    await this.database
      .insert(solutions)
      .values({ iterationId, exerciseId, linesOfCode, snippet })
      .onConflictDoNothing();
  }
}

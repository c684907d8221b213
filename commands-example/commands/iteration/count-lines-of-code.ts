import { eq, sql } from "drizzle-orm";
import { Command } from "mandate";
import { Database } from "../../database/database.ts";
import { type Iteration, iterations } from "../../database/schema.ts";

/** Counts the lines of an iteration that are neither blank nor a comment. */
export class CountLinesOfCode extends Command.initializeWith((iteration: Iteration) => ({
  iteration,
})) {
  private readonly database = this.inject(Database);

  async call(): Promise<number> {
    const linesOfCode = this.iteration.code.split("\n").filter(isCode).length;
    await this.database
      .update(iterations)
      .set({ linesOfCode, countedAt: sql`coalesce(${iterations.countedAt}, now())` })
      .where(eq(iterations.id, this.iteration.id));
    return linesOfCode;
  }
}

function isCode(line: string): boolean {
  return !/^\s*($|\/\/|\/\*|\*)/.test(line);
}

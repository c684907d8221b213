import { eq, sql } from "drizzle-orm";
import { Command } from "mandate";
import { Database } from "../../database/database.ts";
import { type Iteration, iterations } from "../../database/schema.ts";

/** Keeps the part of an iteration that is worth a look: ten lines from its first export on. */
export class GenerateSnippet extends Command.initializeWith((iteration: Iteration) => ({
  iteration,
})) {
  private readonly database = this.inject(Database);

  async call(): Promise<string> {
    const lines = this.iteration.code.split("\n");
    const start = Math.max(
      0,
      lines.findIndex((line) => line.startsWith("export")),
    );
    const snippet = lines.slice(start, start + 10).join("\n");
    await this.database
      .update(iterations)
      .set({ snippet, snippetAt: sql`coalesce(${iterations.snippetAt}, now())` })
      .where(eq(iterations.id, this.iteration.id));
    return snippet;
  }
}

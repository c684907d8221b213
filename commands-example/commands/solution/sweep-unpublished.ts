import { and, eq, isNotNull, isNull, lt, sql } from "drizzle-orm";
import { Command, deferAll } from "mandate";
import { Database } from "../../database/database.ts";
import { iterations, solutions } from "../../database/schema.ts";
import { PublishSolution } from "./publish.ts";

/**
 * Looks for iterations that are ready and were never published: somebody may have deleted their
 * job.
 */
export class SweepUnpublished extends Command {
  static {
    this.queueAs("low");
    this.recurring("every 15 minutes", {
      key: "sweep-unpublished",
      // One that is late does as well as the next one.
      overlap: "skip",
      catchUp: "none",
    });
  }

  private readonly database = this.inject(Database);

  async call(): Promise<void> {
    const left = await this.database
      .select({ iteration: iterations })
      .from(iterations)
      .leftJoin(solutions, eq(solutions.iterationId, iterations.id))
      .where(
        and(
          isNull(solutions.iterationId),
          isNotNull(iterations.linesOfCode),
          lt(iterations.snippetAt, sql`now() - interval '10 minutes'`),
        ),
      )
      .limit(1_000);
    await deferAll(left.map(({ iteration }) => PublishSolution.prepare(iteration)));
  }
}

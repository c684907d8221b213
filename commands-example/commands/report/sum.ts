import { count, eq, sum } from "drizzle-orm";
import { CallbacksCommand } from "mandate";
import { Database } from "../../database/database.ts";
import { type Exercise, solutions } from "../../database/schema.ts";

export interface Report {
  readonly solutions: number;
  readonly linesOfCode: number;
}

/** Adds up what was published for an exercise. */
export class SumReport extends CallbacksCommand.initializeWith((exercise: Exercise) => ({
  exercise,
})) {
  private readonly database = this.inject(Database);

  async call(): Promise<Report> {
    const [report] = await this.database
      .select({ solutions: count(), linesOfCode: sum(solutions.linesOfCode).mapWith(Number) })
      .from(solutions)
      .where(eq(solutions.exerciseId, this.exercise.id));
    return report?.solutions ? report : this.abort(`nobody has solved ${this.exercise.folder} yet`);
  }
}

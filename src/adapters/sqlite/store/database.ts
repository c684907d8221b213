import type { Driver, SqlValue, Statement } from "../driver/driver.ts";

/** An open file, and the statements that were prepared on it. */
export class Database {
  readonly driver: Driver;
  readonly #statements = new Map<string, Statement>();

  constructor(driver: Driver) {
    this.driver = driver;
  }

  /** All rows. */
  all<Row>(sql: string, ...values: SqlValue[]): Row[] {
    return this.statement(sql).all(...values) as Row[];
  }

  /** The first row; `undefined` where there is none. */
  get<Row>(sql: string, ...values: SqlValue[]): Row | undefined {
    return (this.statement(sql).get(...values) ?? undefined) as Row | undefined;
  }

  /** @returns how many rows were changed. */
  run(sql: string, ...values: SqlValue[]): number {
    return Number(this.statement(sql).run(...values).changes);
  }

  /** A statement, which is prepared once. */
  statement(sql: string): Statement {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.driver.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  exec(sql: string): void {
    this.driver.exec(sql);
  }

  close(): void {
    this.#statements.clear();
    this.driver.close();
  }
}

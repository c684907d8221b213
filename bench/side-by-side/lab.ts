import { Redis } from "ioredis";
import { Client } from "pg";
import { PostgresServer } from "../../test/support/postgres-server.ts";
import { RedisServer } from "../../test/support/redis-server.ts";
import { cpuOfFamily } from "./process-cpu.ts";
import { Running, type Subject } from "./subject.ts";

/** A redis-server of its own, and what was learnt of the subjects so far. */
export class Lab {
  readonly isQuick: boolean;
  readonly #server: RedisServer;
  readonly #redis: Redis;
  readonly #rates: Map<string, number>;
  /** Started for the first that keeps jobs there. */
  #postgres: PostgresServer | undefined;

  private constructor(server: RedisServer, isQuick: boolean, rates: Map<string, number>) {
    this.#server = server;
    this.#redis = new Redis(server.url);
    this.isQuick = isQuick;
    this.#rates = rates;
  }

  /** @param known What another learnt. */
  static async open(options: readonly string[], isQuick: boolean, known?: Lab): Promise<Lab> {
    const rates = known === undefined ? new Map<string, number>() : known.#rates;
    return new Lab(await RedisServer.start(options), isQuick, rates);
  }

  async close(): Promise<void> {
    this.#redis.disconnect();
    await this.#server.dispose();
    await this.#postgres?.dispose();
  }

  get url(): string {
    return this.#server.url;
  }

  async open(subject: Subject): Promise<Running> {
    if (subject.can.has("postgres")) {
      this.#postgres ??= await PostgresServer.start();
    }
    return Running.open(subject, this.#server.url, this.#postgres?.url);
  }

  async empty(): Promise<void> {
    await this.#redis.flushall("SYNC");
    if (this.#postgres !== undefined) {
      const client = new Client({ connectionString: this.#postgres.url });
      await client.connect();
      const { rows } = await client.query<{ name: string }>(
        `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
          WHERE (schemaname, tablename) IN (('pgboss', 'job'), ('graphile_worker', '_private_jobs')) OR schemaname = 'mandate' AND tablename <> 'migration'`,
      );
      if (rows.length > 0) await client.query(`TRUNCATE ${rows.map(({ name }) => name).join()}`);
      await client.end();
    }
  }

  /** As many as take about half a second (quick), or two. */
  jobsFor(subject: Subject, measure: string): number {
    const rate = this.rateOf(subject, measure) ?? 2000;
    const wanted = rate * (this.isQuick ? 0.3 : 2);
    return Math.round(
      Math.min(this.isQuick ? 60_000 : 500_000, Math.max(this.isQuick ? 2000 : 5000, wanted)),
    );
  }

  took(subject: Subject, measure: string, rate: number): void {
    this.#rates.set(`${subject.name} ${measure}`, rate);
  }

  rateOf(subject: Subject, measure: string): number | undefined {
    return this.#rates.get(`${subject.name} ${measure}`);
  }

  /** @returns what `work` did, and seconds of CPU that Redis took for it. */
  async withRedisCpu<Value>(work: () => Promise<Value>): Promise<[Value, number]> {
    const before = await this.#cpu();
    const value = await work();
    return [value, (await this.#cpu()) - before];
  }

  /**
   * As `withRedisCpu`, of the server in which a subject keeps its jobs; NaN of one that has none.
   */
  async withServerCpu<Value>(
    { can }: Subject,
    work: () => Promise<Value>,
  ): Promise<[Value, number]> {
    const pid = this.#postgres?.pid ?? NaN;
    if (can.has("postgres")) {
      const before = cpuOfFamily(pid);
      const value = await work();
      return [value, cpuOfFamily(pid) - before];
    }
    return can.has("store") ? this.withRedisCpu(work) : [await work(), NaN];
  }

  /** Bytes that the database of Postgres takes, indexes included. */
  async postgresSize(): Promise<number> {
    const client = new Client({ connectionString: this.#postgres?.url });
    await client.connect();
    const text = "SELECT pg_database_size(current_database())::float8 AS size";
    const { rows } = await client.query<{ size: number }>(text);
    await client.end();
    return rows[0]?.size ?? NaN;
  }

  async redisMemory(): Promise<number> {
    return this.#number("memory", "used_memory");
  }

  async version(): Promise<string> {
    return /redis_version:(\S+)/.exec(await this.#redis.info("server"))?.[1] ?? "?";
  }

  async #cpu(): Promise<number> {
    const user = await this.#number("cpu", "used_cpu_user");
    return user + (await this.#number("cpu", "used_cpu_sys"));
  }

  async #number(section: string, name: string): Promise<number> {
    return Number(new RegExp(`^${name}:(\\S+)`, "m").exec(await this.#redis.info(section))?.[1]);
  }
}

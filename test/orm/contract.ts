import { Command, configure, GlobalID, SerializationError } from "mandate";
import { enqueuedJobs, performEnqueuedJobs, useTestAdapter } from "mandate/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { missing } from "../support/requires.ts";
import { POST_ID, UUID, withDatabase } from "./database.ts";
import { needsNode } from "../support/needs-node.ts";
import { statementsDuring } from "./statements.ts";

/** A database of rows with keys of each kind, opened by an ORM. */
interface OpenOrm {
  /** Rows as the ORM returns them. */
  rows(): Promise<Rows>;
  /** Changes a user's email behind the back of the row that is given. */
  rename(user: User, email: string): Promise<void>;
  remove(user: User): Promise<void>;
  close(): Promise<void>;
}

interface User {
  readonly id: number;
  email: string;
}

interface Rows {
  /** Of a key that is an integer. */
  readonly users: readonly User[];
  /** Of a key that is a bigint, more than a number can hold. */
  readonly post: object;
  /** Of a key that is a UUID. */
  readonly token: object;
  /** Of a key that has two parts: a user's id, and a UUID. */
  readonly membership: object;
}

export interface OrmUnderTest {
  /** The first major version of Node that it runs on. */
  readonly node?: number;
  /** How it names its models: for users, posts, tokens and memberships. */
  readonly names: readonly [string, string, string, string];
  open(url: string): Promise<OpenOrm>;
}

let arrived: unknown[];

class Carry extends Command.initializeWith((...values: unknown[]) => ({ values })) {
  call() {
    arrived = this.values;
  }
}

/** Has every row of an ORM travel by reference. */
export function describeGlobalIds(orm: string, { node = 20, names, open }: OrmUnderTest): void {
  describe.skipIf(needsNode(node) || missing("postgres"))(`global ids of ${orm}`, () => {
    const postgres = withDatabase();
    let database: OpenOrm;
    let rows: Rows;

    beforeAll(async () => {
      database = await open(postgres.url);
    });
    afterAll(() => database?.close());
    beforeEach(async () => {
      useTestAdapter();
      arrived = [];
      rows = await database.rows();
    });

    it("writes rows as global ids, whatever their key", async () => {
      const [user, post, token, membership] = names;

      await Carry.defer(rows.users[0], rows.post, rows.token, rows.membership);

      expect(gidsOf(enqueuedJobs()[0]?.arguments)).toEqual([
        `gid://app/${user}/1`,
        `gid://app/${post}/${POST_ID}`,
        `gid://app/${token}/${UUID}`,
        `gid://app/${membership}/1/${UUID}`,
      ]);
    });

    it("finds them again, as the ORM has them", async () => {
      const sent = [rows.users[0], rows.post, rows.token, rows.membership];
      await Carry.defer(...sent);

      await performEnqueuedJobs();

      expect(arrived.map(plain)).toEqual(sent.map(plain));
      expect(arrived.map(prototype)).toEqual(sent.map(prototype));
    });

    it("asks each model once", async () => {
      const [bob, ada] = [rows.users[1], rows.users[0]];
      await Carry.defer(bob, ada, bob, rows.post, rows.token, rows.membership);

      const statements = await statementsDuring(() => performEnqueuedJobs());

      expect(arrived).toHaveLength(6);
      expect(statements.filter((text) => /^select/i.test(text))).toHaveLength(4);
    });

    it("looks a row up afresh", async () => {
      const [, bob] = rows.users;
      await Carry.defer(bob);
      await database.rename(bob!, "robert@example.org");

      await performEnqueuedJobs();

      expect(arrived).toEqual([expect.objectContaining({ email: "robert@example.org" })]);
    });

    it("lets what a job got go on by reference", async () => {
      await Carry.defer(rows.users[0], rows.membership);
      await performEnqueuedJobs();
      useTestAdapter();

      await Carry.defer(...arrived);

      expect(gidsOf(enqueuedJobs()[0]?.arguments)).toEqual([
        `gid://app/${names[0]}/1`,
        `gid://app/${names[3]}/1/${UUID}`,
      ]);
    });

    it("discards a job whose row is gone", async () => {
      const [, , cyd] = rows.users;
      await database.remove(cyd!);
      await GlobalID.parse(`gid://app/${names[0]}/1`)?.locate();

      await expect(GlobalID.parse(`gid://app/${names[0]}/3`)?.locate()).rejects.toThrow(
        `Cannot find gid://app/${names[0]}/3: no ${names[0]} has that id`,
      );
    });

    it("takes no other object for a row", async () => {
      configure({ rows: "refuse" });
      onTestFinished(() => configure({ rows: "warn" }));

      for (const row of [{ id: 1, email: "ada@example.org" }, { ...plain(rows.users[0]) }]) {
        await expect(Carry.defer(row)).rejects.toThrow(SerializationError);
      }
    });
  });
}

function gidsOf(values: unknown): string[] {
  return (values as readonly GlobalID[]).map(String);
}

/** A row's own columns. */
function plain(row: unknown): Record<string, unknown> {
  return JSON.parse(
    JSON.stringify(row, (_, value: unknown) => (typeof value === "bigint" ? String(value) : value)),
  ) as Record<string, unknown>;
}

function prototype(row: unknown): unknown {
  return Object.getPrototypeOf(row);
}

import { isShape, type Shape } from "../../support/shape.ts";
import {
  knexTransaction,
  mikroManager,
  type NotOpen,
  sequelizeTransaction,
  typeormRunner,
  using,
  type MikroManager,
} from "../../support/transactions.ts";

/** Told once of the end of a transaction, and what it was. */
type OnEnd = (isCommitted: boolean) => Promise<void>;

/**
 * Finds out by its shape whether something is a transaction of one library.
 *
 * @returns `undefined` where it is not; else what has to be called to hear of its end.
 */
type Recognise = (given: Shape) => ((onEnd: OnEnd) => void) | NotOpen | undefined;

interface SequelizeTransaction {
  readonly finished?: string;
  readonly parent?: SequelizeTransaction | null;
  commit(): Promise<void>;
  rollback(): Promise<void>;
}

/**
 * A `Transaction` of Sequelize 6 or 7. Its own `afterCommit` tells of a commit that failed as well,
 * and of a savepoint's.
 */
const sequelize: Recognise = (given) =>
  using(sequelizeTransaction<SequelizeTransaction>(given), (tx) => (onEnd) => {
    const all = [tx];
    for (let { parent } = tx; parent; { parent } = parent) all.push(parent);
    const root = all.at(-1) ?? tx;
    const [commit, rollback] = [root.commit.bind(root), root.rollback.bind(root)];
    root.commit = async (): Promise<void> => {
      await commit();
      await onEnd(all.every(({ finished }) => finished === "commit"));
    };
    root.rollback = async (): Promise<void> => {
      await onEnd(false);
      await rollback();
    };
  });

interface KnexTransaction {
  readonly executionPromise: Promise<unknown>;
  readonly parentTransaction?: KnexTransaction;
  on(event: "query", listener: (query: { readonly sql?: string }) => void): void;
}

/** A transaction of Knex, and so of Objection. */
const knex: Recognise = (given) =>
  using(knexTransaction<KnexTransaction>(given), (trx) => (onEnd) => {
    const around: Promise<boolean>[] = [];
    for (let each: KnexTransaction | undefined = trx; each; each = each.parentTransaction) {
      around.push(endOf(each));
    }
    void Promise.all(around).then((all) => onEnd(all.every(Boolean)));
  });

/** Each is listened to once, however often something waits for it. */
const ends = new WeakMap<KnexTransaction, Promise<boolean>>();

function endOf(trx: KnexTransaction): Promise<boolean> {
  const end = ends.get(trx) ?? hearEnd(trx);
  ends.set(trx, end);
  return end;
}

/** Its promise resolves after a rollback too: what it sent last tells. */
async function hearEnd(trx: KnexTransaction): Promise<boolean> {
  let last: string | undefined;
  trx.on("query", ({ sql }) => (last = sql));
  try {
    await trx.executionPromise;
  } catch {
    return false;
  }
  return last !== undefined && /^(COMMIT|RELEASE)\b/.test(last);
}

interface QueryRunner {
  readonly isTransactionActive: boolean;
  readonly isReleased: boolean;
  readonly transactionDepth: number;
  /** Since TypeORM 1; before, it was `connection`. */
  readonly dataSource?: DataSource;
  readonly connection: DataSource;
}

interface DataSource {
  readonly subscribers: object[];
}

/** An `EntityManager`, or a `QueryRunner`, of TypeORM. */
const typeorm: Recognise = (given) =>
  using(typeormRunner<QueryRunner>(given), (runner) => (onEnd) => {
    const { subscribers } = runner.dataSource ?? runner.connection;
    // Of a savepoint that is released, it is part of what is around that.
    let depth = runner.transactionDepth;
    let isOver = false;
    const end = async (isCommitted: boolean): Promise<void> => {
      if (isOver) return;
      isOver = true;
      // Not while they are told, one by one: the next would be left out.
      queueMicrotask(() => void subscribers.splice(subscribers.indexOf(subscriber), 1));
      await onEnd(isCommitted);
    };
    const subscriber = {
      afterTransactionCommit: (event: { readonly queryRunner: unknown }) => {
        if (event.queryRunner !== runner) return endWhereLeft();
        depth = Math.min(depth, runner.transactionDepth);
        return runner.isTransactionActive ? undefined : end(true);
      },
      afterTransactionRollback: (event: { readonly queryRunner: unknown }) => {
        if (event.queryRunner !== runner) return endWhereLeft();
        return runner.transactionDepth < depth ? end(false) : undefined;
      },
    };
    // Of one whose connection broke nobody tells: the next transaction of any other does.
    const endWhereLeft = (): Promise<void> | undefined =>
      runner.isReleased ? end(false) : undefined;
    subscribers.push(subscriber);
  });

interface Manager extends MikroManager {
  getEventManager(): { registerSubscriber(subscriber: object): void };
}

/** Who waits for the end of the transaction of which manager: a subscriber is never taken back. */
const waiting = new WeakMap<object, OnEnd[]>();
const subscribed = new WeakSet<object>();

/** An `EntityManager` of MikroORM. */
const mikroOrm: Recognise = (given) =>
  using(mikroManager<Manager>(given), ({ em, context }) => {
    if ("savepointName" in context) return NESTED;
    return (onEnd: OnEnd): void => hearEndOf(em, onEnd);
  });

const NESTED: NotOpen = {
  what: "a manager of MikroORM within another transaction",
  instead: "the manager that the outermost em.transactional hands to its function",
};

function hearEndOf(em: Manager, onEnd: OnEnd): void {
  const events = em.getEventManager();
  const tell = async ({ em: ended }: { readonly em: object }, isCommitted: boolean) => {
    const told = waiting.get(ended) ?? [];
    waiting.delete(ended);
    for (const each of told) await each(isCommitted);
  };
  if (!subscribed.has(events)) {
    subscribed.add(events);
    events.registerSubscriber({
      afterTransactionCommit: (args: { readonly em: object }) => tell(args, true),
      afterTransactionRollback: (args: { readonly em: object }) => tell(args, false),
    });
  }
  waiting.set(em, [...(waiting.get(em) ?? []), onEnd]);
}

/**
 * Has told of the end of a transaction that an application has opened.
 *
 * @param onEnd Is awaited before the library's own promise resolves, but by Knex. Must not reject.
 * @throws {TypeError} if it is of no library that tells, or is not open.
 */
export function whenEnded(tx: unknown, onEnd: OnEnd): void {
  for (const recognise of [mikroOrm, typeorm, sequelize, knex]) {
    const found = isShape(tx) ? recognise(tx) : undefined;
    if (typeof found === "function") {
      found(onEnd);
      return;
    }
    if (found !== undefined) {
      throw new TypeError(
        `Cannot defer after this transaction: it is ${found.what}. Pass ${found.instead}`,
      );
    }
  }
  throw new TypeError(
    "Cannot defer after this transaction: only those of Knex, Objection, Sequelize, TypeORM and MikroORM tell how they end. " +
      "Put deferAfter around it: deferAfter(() => db.transaction(…))",
  );
}

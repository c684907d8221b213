import { ACCEPTING } from "./accepting.ts";
import { ADMISSION } from "./admission.ts";
import { BATCHES } from "./batches.ts";
import { DOCUMENTS } from "./documents-and-holds.ts";
import { EXCHANGE } from "./exchange.ts";
import { FETCHING } from "./fetching.ts";
import { GUARD_TABLES } from "./guard-tables.ts";
import { KEEPING } from "./keeping.ts";
import { KEYS } from "./keys.ts";
import { LEASES } from "./leases.ts";
import { MANAGING } from "./managing.ts";
import { MOVING } from "./moving.ts";
import { TABLES } from "./tables.ts";
import { TOGETHER } from "./together.ts";
import { TURNS } from "./turns.ts";
import { WAITING } from "./waiting.ts";

/** One step of the schema. */
export interface Migration {
  /** Counted from 1. */
  readonly version: number;
  readonly name: string;
  /**
   * Whether an adapter that knows only what was before cannot work with what is then. Others are
   * refused by it; without, both versions of an application may run during a deploy.
   */
  readonly isBreaking: boolean;
  /** Statements, in a schema that is first in the search path. */
  readonly sql: string;
}

/** All, in their order. What was released is never changed: a later one does that. */
export const MIGRATIONS: readonly Migration[] = [
  {
    version: 1,
    name: "jobs",
    isBreaking: false,
    sql: [
      TABLES,
      GUARD_TABLES,
      MOVING,
      WAITING,
      KEYS,
      KEEPING,
      TOGETHER,
      TURNS,
      FETCHING,
      BATCHES,
      ADMISSION,
      DOCUMENTS,
      ACCEPTING,
      EXCHANGE,
      LEASES,
      MANAGING,
    ].join("\n"),
  },
];

/** The schema's version that this library works with. */
export const LATEST: number = MIGRATIONS.length;

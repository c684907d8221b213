export type { RegisterOptions } from "./orm/keyed-model.ts";
export {
  registerTables,
  type KyselyDatabase,
  type KyselyKeys,
  type KyselyTable,
} from "./orm/kysely.ts";

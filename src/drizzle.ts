export { registerTables, type DrizzleDatabase } from "./orm/drizzle.ts";
export type { RegisterOptions } from "./orm/keyed-model.ts";

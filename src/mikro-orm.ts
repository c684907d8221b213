export type { RegisterOptions } from "./orm/keyed-model.ts";
export {
  registerEntities,
  type MikroOrm,
  type MikroOrmEntity,
  type MikroOrmManager,
} from "./orm/mikro-orm.ts";

export {
  registerEntities,
  type TypeOrmDataSource,
  type TypeOrmEntity,
  type TypeOrmColumn,
} from "./orm/typeorm.ts";
export type { RegisterOptions } from "./orm/keyed-model.ts";

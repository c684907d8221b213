export { registerModels, type SequelizeModels, type SequelizeModel } from "./orm/sequelize.ts";
export type { RegisterOptions } from "./orm/keyed-model.ts";

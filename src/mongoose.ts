export { registerModels, type MongooseModels, type MongooseModel } from "./orm/mongoose.ts";
export type { RegisterOptions } from "./orm/keyed-model.ts";

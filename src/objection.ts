export {
  registerModels,
  type ObjectionModelClass,
  type ObjectionModel,
  type ObjectionOptions,
} from "./orm/objection.ts";
export type { RegisterOptions } from "./orm/keyed-model.ts";

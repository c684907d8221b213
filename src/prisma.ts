export type { RegisterOptions } from "./orm/keyed-model.ts";
export {
  globalIds,
  type PrismaClientToExtend,
  type PrismaExtension,
  type PrismaOptions,
} from "./orm/prisma.ts";

import { defineTrait, type Trait } from "./declarations.ts";

/** Whether nobody is to read a class's arguments out of what is made of them. */
export const secretArguments: Trait<boolean> = defineTrait<boolean>({
  name: "secret arguments",
  undeclared: false,
});

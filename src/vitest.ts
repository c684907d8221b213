import "./testing/matchers.ts";

export type { JobMatchers } from "./testing/matchers.ts";

import { readRecord } from "../../adapters/job-record.ts";
import type { NoResultReason } from "./result-errors.ts";

/** What is written down of a job's end. */
export type LeftText =
  | { readonly args: unknown[]; readonly meta?: Readonly<Record<string, unknown>> }
  | { readonly failed: { readonly errorClass: string; readonly errorMessage: string } }
  | { readonly none: NoResultReason; readonly why: string }
  | { readonly encrypted: string };

/** @returns `undefined` where it is in no form of ours: anybody may have written it. */
export function readLeft(text: string): LeftText | undefined {
  const left = readRecord(text) as Partial<
    Record<"args" | "failed" | "none" | "why" | "encrypted", unknown>
  >;
  const { args, failed, none, why, encrypted } = left ?? {};
  const { errorClass, errorMessage } = Object(failed) as Readonly<Record<string, unknown>>;
  const isOurs =
    Array.isArray(args) ||
    (isText(errorClass) && isText(errorMessage)) ||
    (isText(none) && isText(why)) ||
    isText(encrypted);
  return isOurs ? (left as LeftText) : undefined;
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

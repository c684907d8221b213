/**
 * How arguments are written down: `"native"` is readable JSON for TypeScript, `"activejob"` what
 * Rails reads. A worker reads both.
 */
export type WireFormat = "native" | "activejob";

/** One format for all jobs, or one for each queue. */
export type WireFormats =
  | WireFormat
  | {
      /** Of queues that are not named. @default "native" */
      readonly default?: WireFormat;
      /** By queue. */
      readonly queues?: Readonly<Record<string, WireFormat>>;
    };

/** An adapter's own wish. */
export interface FormatChoice {
  /** How jobs for it are written down, unless `configure` says. */
  readonly wireFormat?: WireFormats | undefined;
}

export function isWireFormat(value: unknown): value is WireFormat {
  return value === "native" || value === "activejob";
}

export function isWireFormats(value: unknown): value is WireFormats {
  if (typeof value !== "object" || value === null) return isWireFormat(value);
  const { default: others = "native", queues = {}, ...unknown } = value as Record<string, unknown>;
  const named = typeof queues === "object" && queues !== null ? Object.values(queues) : [undefined];
  return Object.keys(unknown).length === 0 && [others, ...named].every(isWireFormat);
}

/** What prepared jobs have, by whichever copy of this library. */
export const preparedBrand: unique symbol = Symbol.for("mandate.prepared-job") as never;

/** Whether it is a prepared job: for those who load nothing that makes one. */
export function hasPreparedBrand(value: unknown): boolean {
  return typeof value === "object" && value !== null && preparedBrand in value;
}

/** Why a request is not answered as it was asked. */
export type Reason =
  | "tooMuch"
  | "repeated"
  | "tooLong"
  | "noSuchPage"
  | "noSuchStore"
  | "notAllowed"
  | "crossSite"
  | "token"
  | "gone"
  | "noSuchAction"
  | "badBody"
  | "method"
  | "storeSilent";

/** A request that is answered by a page which says why not. */
export class Refusal extends Error {
  readonly status: number;
  readonly reason: Reason;
  /** More of it, for those who mount the dashboard. */
  readonly detail: string | undefined;

  constructor(status: number, reason: Reason, detail?: string) {
    super(reason);
    this.status = status;
    this.reason = reason;
    this.detail = detail;
  }
}

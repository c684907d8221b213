/** Whether JSON is wanted, and no page: a program asks. */
export function isForProgram({ headers }: Request): boolean {
  const accept = headers.get("accept") ?? "";
  return accept.includes("application/json") && !accept.includes("text/html");
}

/** Which environment a process is for, as Node's and Ruby's programs are told. */
export function environmentOf({ NODE_ENV, APP_ENV, RAILS_ENV }: NodeJS.ProcessEnv): string {
  return NODE_ENV || APP_ENV || RAILS_ENV || "development";
}

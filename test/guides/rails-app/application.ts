import { AsyncLocalStorage } from "node:async_hooks";
import { configure, contextAttributes, globalId, silentLogger } from "mandate";
import superjson from "superjson";

/*
 * What the application's jobs work on: a database, a mail server and services that are not there, in place of Rails's models and
 * clients. `log` has what was done.
 */

export const log: string[] = [];
export const note = (text: string) => void log.push(text);
/** Thrown once by what is named, or as often as it is there. */
export const failures: [what: string, error: unknown][] = [];

export function failIf(what: string): void {
  const at = failures.findIndex(([name]) => name === what);
  if (at >= 0) throw failures.splice(at, 1)[0]?.[1];
}

export class SmtpBusyError extends Error {}
export class TokenGoneError extends Error {}
export class PushUnavailableError extends Error {}
export class StorageFullError extends Error {}
export class PaymentsUnavailableError extends Error {}

export class User {
  isClosed = false;
  constructor(
    readonly id: number,
    readonly name: string,
    readonly isVip = false,
    readonly devices: readonly string[] = [],
  ) {}
}

export class Order {
  state = "paid";
  constructor(
    readonly id: number,
    readonly year: number,
  ) {}
}

export class Money {
  constructor(
    readonly cents: number,
    readonly currency: string,
  ) {}
}

export const users = [new User(1, "Ada", true, ["token-a", "token-b"]), new User(2, "Bob")];
export const orders = [new Order(7, 2025), new Order(8, 2025), new Order(9, 2026)];
export const posts = new Map([[5, { version: 2, isPublished: false }]]);
export const products = [1, 2, 3, 4, 5].map((id) => ({ id }));
export const held = new Set<string>();

globalId.register(User, { find: (id) => users.find((user) => String(user.id) === id) });
globalId.register(Order, { find: (id) => orders.find((order) => String(order.id) === id) });
superjson.registerCustom<Money, { cents: number; currency: string }>(
  {
    isApplicable: (value): value is Money => value instanceof Money,
    serialize: ({ cents, currency }) => ({ cents, currency }),
    deserialize: ({ cents, currency }) => new Money(cents, currency),
  },
  "Money",
);

export const Current = contextAttributes<{ user: User; requestId: string }>("Current");
export const tenants = new AsyncLocalStorage<string>();

export async function deliver(mail: string, to: string): Promise<void> {
  failIf(mail);
  note(`${mail} to ${to}`);
}

/** As fetch. */
export async function request(url: string): Promise<Response> {
  failIf(url);
  note(`asked ${url}`);
  return responses.shift() ?? new Response();
}
export const responses: Response[] = [];

// config/initializers/sidekiq.rb
configure({
  logger: silentLogger,
  contextAttributes: [Current],
  jobOptions: { backtrace: 5 },
  deathHandlers: [(job, error) => note(`${job.className} is dead: ${String(error)}`)],
  middleware: {
    enqueue: [
      async (job, next) => {
        job.record["tenant"] ??= tenants.getStore() ?? "none";
        await next();
      },
    ],
    perform: [(job, next) => tenants.run(String(job.record["tenant"]), next)],
  },
});

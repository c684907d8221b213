/** Options of ioredis that nobody else may set: it dials, signs in and chooses the database. */
export const FIXED = {
  maxRetriesPerRequest: null,
  autoResendUnfulfilledCommands: false,
  autoResubscribe: false,
  enableOfflineQueue: false,
  // What `resp/` reads.
  protocol: 2,
  // Of a client that is copied, it would be inherited: nobody would connect.
  lazyConnect: false,
  keyPrefix: "",
  // Of a client that is copied, too.
  enableAutoPipelining: false,
  monitor: false,
} as const;

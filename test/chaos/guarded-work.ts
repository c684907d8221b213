import type { Rate } from "./rates.ts";
import { Work, type Kind } from "./work.ts";

/** How many keys each class has: few, so that jobs meet. */
export const SLOTS = 12;

/** Work that guards declared by its class hold back: `slot` is what a job is about. */
abstract class GuardedWork extends Work {
  /** So many of a slot may run at once. */
  static readonly mostOfSlot: number = Infinity;
  /** So many of a key may. */
  static readonly most: readonly (readonly [string, number])[] = [];
  /** So often its jobs may begin. */
  static readonly rate: Rate | undefined = undefined;

  protected override limits(): readonly (readonly [string, number])[] {
    const { commandName, mostOfSlot, most } = this.constructor as typeof GuardedWork;
    return mostOfSlot === Infinity ? most : [[commandName + this.slot, mostOfSlot], ...most];
  }
}

const by = (_number: number, _kind: Kind, _ms: number, slot = 0): number => slot;

class UnguardedWork extends GuardedWork {
  static override readonly commandName: string = "UnguardedWork";
}

class UniqueWork extends GuardedWork {
  static override readonly commandName: string = "UniqueWork";
  static override readonly mostOfSlot = 1;
  static {
    this.unique({ by });
  }
}

class UniqueUntilStartedWork extends GuardedWork {
  static override readonly commandName: string = "UniqueUntilStartedWork";
  static {
    this.unique({ by, until: "started" });
  }
}

class ThrottledWork extends GuardedWork {
  static override readonly commandName: string = "ThrottledWork";
  static {
    this.unique({ by, until: "expired", ttl: "0.3 seconds" });
  }
}

class RaisingWork extends GuardedWork {
  static override readonly commandName: string = "RaisingWork";
  static override readonly mostOfSlot = 1;
  static {
    this.unique({ by, onConflict: "raise" });
  }
}

class ReplacingWork extends GuardedWork {
  static override readonly commandName: string = "ReplacingWork";
  static override readonly mostOfSlot = 1;
  static {
    this.unique({ by, onConflict: "replace" });
  }
}

class ReplacingUntilStartedWork extends GuardedWork {
  static override readonly commandName: string = "ReplacingUntilStartedWork";
  static {
    this.unique({ by, until: "started", onConflict: "replace" });
  }
}

class DebouncedWork extends GuardedWork {
  static override readonly commandName: string = "DebouncedWork";
  static {
    this.debounce("0.1 seconds", { by, maxWait: "1 second" });
  }
}

class ConcurrentWork extends GuardedWork {
  static override readonly commandName: string = "ConcurrentWork";
  static override readonly mostOfSlot = 2;
  static override readonly most = [["together", 4]] as const;
  static {
    this.limitConcurrency({ to: 2, by });
    this.limitConcurrency({ to: 4, group: "together" });
  }
}

class DiscardedWork extends GuardedWork {
  static override readonly commandName: string = "DiscardedWork";
  static override readonly mostOfSlot = 2;
  static {
    this.limitConcurrency({ to: 2, by, onLimit: "discard" });
  }
}

class RatedWork extends GuardedWork {
  static override readonly commandName: string = "RatedWork";
  static override readonly rate = { key: "RatedWork", perSecond: 12, burst: 2 };
  static {
    this.limitRate({ to: 12, per: "1 second", burst: 2 });
  }
}

class FairWork extends GuardedWork {
  static override readonly commandName: string = "FairWork";
  static {
    this.fairBy(by);
  }
}

class ExpiringWork extends GuardedWork {
  static override readonly commandName: string = "ExpiringWork";
  static {
    this.expiresIn("0.3 seconds");
  }
}

/** All at once. */
class UniqueFairLimitedWork extends GuardedWork {
  static override readonly commandName: string = "UniqueFairLimitedWork";
  static override readonly mostOfSlot = 1;
  static override readonly most = [["together", 4]] as const;
  static override readonly rate = { key: "UniqueFairLimitedWork", perSecond: 12, burst: 2 };
  static {
    this.unique({ by, onConflict: "replace" });
    this.limitConcurrency({ to: 4, group: "together" });
    this.limitRate({ to: 12, per: "1 second", burst: 2, group: "rated_together" });
    this.fairBy(by);
  }
}

/** A class of work for each guard that a class may declare, and one with none. */
export const GUARDED: readonly (typeof Work)[] = [
  UnguardedWork,
  UniqueWork,
  UniqueUntilStartedWork,
  ThrottledWork,
  RaisingWork,
  ReplacingWork,
  ReplacingUntilStartedWork,
  DebouncedWork,
  ConcurrentWork,
  DiscardedWork,
  RatedWork,
  FairWork,
  ExpiringWork,
  UniqueFairLimitedWork,
];

/** Those of which each job runs that a store accepted. */
const SURE: readonly (typeof Work)[] = [UnguardedWork, ConcurrentWork, RatedWork, FairWork];

/** Whether a store may not accept a class's job, let it become another, or discard it. */
export function mayNotRun(work: typeof Work): boolean {
  return !SURE.includes(work);
}

/** How often a class's jobs may begin. */
export function rateOf(work: typeof Work): Rate | undefined {
  return (work as Partial<Pick<typeof GuardedWork, "rate">>).rate;
}

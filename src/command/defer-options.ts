import type { DeferralOptions } from "../job/defer/defer-options.ts";
import type { ExpiresInOption } from "../guards/expiry/expires-in.ts";
import type { FairKeyOption } from "../guards/fair/fairness.ts";
import type { UniqueCallOptions } from "../guards/unique/uniqueness.ts";
import type { TagsOption } from "../traits/tags.ts";

/** How one job is enqueued, over what its class declares. */
export interface DeferOptions
  extends DeferralOptions, TagsOption, ExpiresInOption, FairKeyOption, UniqueCallOptions {}

-- Holds: what a job must have before it goes on (adapters/hold.ts). A job's are kept by its jid, as
-- JSON: [expiry or 0, [key, letters, to, seconds or 0, tokens or 0, their seconds, burst, holder or
-- ""], …]. The letters are four: taken at "e", the enqueueing, "f", the fetch, "q", the fetch from
-- a limited queue, or "c", by the job's code, or not at all, "u", since the key has refused it at the fetch; kept until it is "b", begun, "s", settled, "a",
-- attempted, "f", finished, "o", over, or "t", a time; where it is full, "r", refuse, "p", park, or
-- "x", replace; and what one that is parked at the enqueueing waits for: "f", that the key is free,
-- "e", empty, or "d", a death. `to` is -1 for any number. What takes tokens holds nothing.
--
-- Who holds a key is in a sorted set, by since when, in microseconds, and where that has an end, in another, by
-- until when. What else is known of keys is in one hash, each field a letter and the key: "l", its
-- limit, "t", how often it was taken, "d", how many deaths. Locks are kept apart (holds/locks.lua).
--
-- Over a limit from the fetch a job is parked: it stands in a line of that key and queue, sorted as
-- lanes are, and its bytes are in one hash. Over one from the enqueueing it is blocked, and the
-- key, behind a line break and what it waits for, is a prerequisite of it like others. Where a key
-- may be free that is noted in its queues ("" for what is blocked) before whoever held it leaves:
-- one that is noted and full does no harm, and one that is free and not noted would be waited for
-- in vain.
local made_holds
local function holds()
  if made_holds then
    return made_holds
  end
  local made = {}
  made_holds = made
  -- include: holds/names.lua
  -- include: holds/locks.lua
  -- include: holds/rows.lua
  -- include: holds/limits.lua
  -- include: holds/holders.lua
  -- include: holds/turns.lua
  -- include: holds/replaced.lua
  -- include: holds/accepting.lua
  -- include: holds/dead.lua
  -- include: holds/parked.lua
  -- include: holds/limited-queues.lua

  return made
end


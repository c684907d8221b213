--[[
  What the other scripts start with: names of keys, and the steps they share. Not a script by
  itself: embed-lua.ts joins these files, and leaves out of each script what it does not use.

  KEYS     two of the keys, by which a cluster knows the slot, or that they are in several
  ARGV[1]  the prefix of every key, "" by default

  All keys are built from the prefix, and share its hash tag; of those in shared/keys.lua a script
  has what it names. Those that data names:
  queue:NAME, mandate:lease:IDENTITY, mandate:dependents:JID, mandate:prereqs:JID,
  mandate:freed:NUMBER, mandate:sender:ID:NUMBER, mandate:finished:CLASS, mandate:lane:QUEUE,
  mandate:rounds:PRIORITY:QUEUE, mandate:fair:QUEUE, mandate:serving, mandate:unsorted, mandate:hold:KEY, mandate:until:KEY, mandate:rate:KEY,
  mandate:lines:KEY, mandate:line:QUEUE\nKEY, mandate:ready:QUEUE, mandate:parked:QUEUE,
  mandate:answers:ID:NUMBER, mandate:document:NAME, mandate:batch:ID, mandate:batch-failures:ID,
  mandate:batch-notes:ID, mandate:batch-children:ID, mandate:batch-untried:ID, mandate:stray:DIGEST, IDENTITY, IDENTITY:work,
  IDENTITY:workers and IDENTITY-signals (Sidekiq's).

  A job is never decoded here: its bytes are moved, and at most their end is cut and written anew.
]]
-- include: shared/keys.lua
-- include: shared/time.lua
-- include: shared/dependents.lua
-- include: shared/batches.lua
-- include: shared/rounds.lua
-- include: shared/lanes.lua
-- include: shared/queues.lua
-- include: shared/deliveries.lua
-- include: shared/holds.lua
-- include: shared/ends.lua
-- include: shared/blocked.lua
-- include: shared/replacing.lua
-- include: shared/workers.lua
-- include: shared/kept.lua
-- include: shared/documents.lua
-- include: shared/foreign.lua

--[[
  Opens a batch, keeps it open, closes or cancels it, or keeps a text with it.

  ARGV[2]  "open", "renew", "close", "cancel" or "note"
  ARGV[3]  its id
  then     of "open": its text, for how many seconds, how long it is known after its end, its
           parent or ""; of "renew": for how many seconds; of "close": 1 if it is incomplete; of
           "cancel": for how many seconds workers are told at most; of "note": the text

  Returns 1 if it could be done, else 0; of "cancel" the ids of those that are cancelled and
  not over.
]]
local deed, id = ARGV[2], ARGV[3]
if deed == 'cancel' then
  even_when_full()
  return batches().cancel(id, tonumber(ARGV[4]))
elseif deed == 'open' then
  return batches().open(id, ARGV[4], tonumber(ARGV[5]), ARGV[6], ARGV[7]) and 1 or 0
elseif deed == 'renew' then
  even_when_full()
  return batches().renew(id, tonumber(ARGV[4])) and 1 or 0
elseif deed == 'close' then
  even_when_full()
  return batches().close(id, ARGV[4] == '1') and 1 or 0
end
if redis.call('EXISTS', PREFIX .. 'mandate:batch:' .. id) == 0 then
  return 0
end
redis.call('RPUSH', PREFIX .. 'mandate:batch-notes:' .. id, ARGV[4])
return 1

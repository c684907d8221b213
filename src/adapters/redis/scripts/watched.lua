--[[
  Notes which of Ruby's jobs that are waited for a sweep has seen. Those that are dead, and those
  that were seen by none for two heartbeats, are watched no longer, and what waited for them is
  free.

  ARGV[2]  who sweeps
  ARGV[3]  seconds from one heartbeat of Sidekiq's to the next
  ARGV[4]  when the sweep began, once all that it has seen was noted; "" before
  then     per job: "seen" or "dead", jid

  Returns how many are over, at most 500 of those that were not seen.
]]
if redis.call('HGET', SWEEP, 'by') ~= ARGV[2] then
  return 0
end
even_when_full()
local over = 0
for at = 5, #ARGV, 2 do
  if ARGV[at] == 'seen' then
    redis.call('ZADD', FOREIGN, 'XX', string.format('%.6f', NOW), ARGV[at + 1])
  elseif redis.call('ZSCORE', FOREIGN, ARGV[at + 1]) then
    free_dependents(ARGV[at + 1], 'd')
    redis.call('ZREM', FOREIGN, ARGV[at + 1])
    over = over + 1
  end
end
if ARGV[4] ~= '' then
  local limit = string.format('%.6f', tonumber(ARGV[4]) - 2 * tonumber(ARGV[3]))
  for _, jid in ipairs(redis.call('ZRANGEBYSCORE', FOREIGN, '-inf', limit, 'LIMIT', 0, 500)) do
    free_dependents(jid, 'f')
    redis.call('ZREM', FOREIGN, jid)
    over = over + 1
  end
end
return over

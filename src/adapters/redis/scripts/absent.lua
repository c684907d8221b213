--[[
  Takes jobs that the index has, and that a sweep has seen nowhere. The first time that is noted in
  the index, behind the letter of the job's state; whatever moves the job meanwhile writes the state
  anew. One that is absent for two heartbeats is over: deleted by way of Ruby's pages; or, where a
  Sidekiq process lived lately, perhaps done, and taken for that.

  ARGV[2]  who sweeps
  ARGV[3]  seconds for which nobody else may
  ARGV[4]  seconds from one heartbeat of Sidekiq's to the next
  then     jids

  Returns how many are over.
]]
if redis.call('HGET', SWEEP, 'by') ~= ARGV[2] then
  return 0
end
even_when_full()
redis.call('HSET', SWEEP, 'lasts', string.format('%.6f', NOW + tonumber(ARGV[3])))
local ruby = redis.call('HGET', SWEEP, 'ruby')
local fate = ruby and NOW - tonumber(ruby) < 60 * tonumber(ARGV[4]) and 'f' or 'r'
local over = 0
for at = 5, #ARGV do
  local state = redis.call('HGET', JOBS, ARGV[at])
  if state and string.sub(state, 1, 1) ~= 'b' then
    local since = string.match(state, '^%S+ ([%d.]+)$')
    if not since then
      redis.call('HSET', JOBS, ARGV[at], state .. string.format(' %.3f', NOW))
    elseif NOW >= tonumber(since) + 2 * tonumber(ARGV[4]) then
      ends().finish(ARGV[at], fate)
      over = over + 1
    end
  end
end
return over

--[[
  Keeps jobs that are over, for operators. Those of a class that are too many, and of any that are
  too old, are forgotten: at most twenty for each that comes.

  ARGV  from 2 on, per job: jid, queue, class, how many of that class to keep, for how many seconds,
  payload
]]
even_when_full()
local now = string.format('%.6f', NOW)
for at = 2, #ARGV, 6 do
  local jid, queue, class, payload = ARGV[at], ARGV[at + 1], ARGV[at + 2], ARGV[at + 5]
  local of_class = PREFIX .. 'mandate:finished:' .. class
  -- An earlier job of the same jid, or an earlier run of this one.
  forget_finished(jid)
  redis.call('ZADD', FINISHED, now, jid)
  redis.call('ZADD', FINISHED_UNTIL, string.format('%.6f', NOW + tonumber(ARGV[at + 4])), jid)
  redis.call('ZADD', of_class, now, jid)
  redis.call('HSET', FINISHED_JOBS, jid, class .. '\n' .. queue .. '\n' .. payload)
  local over = redis.call('ZCARD', of_class) - tonumber(ARGV[at + 3])
  if over > 0 then
    for _, each in ipairs(redis.call('ZRANGE', of_class, 0, math.min(over, 10) - 1)) do
      forget_finished(each)
    end
  end
  for _, each in ipairs(redis.call('ZRANGEBYSCORE', FINISHED_UNTIL, '-inf', now, 'LIMIT', 0, 10)) do
    forget_finished(each)
  end
end

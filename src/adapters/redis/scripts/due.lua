--[[
  Reads what is due, and when the next job is. Changes nothing: the queue of a job is in its JSON, which is
  read outside.

  ARGV[2]  how many at most

  Returns {time of the earliest that waits or "", scheduled and score in turns, retried and score in turns}.
]]
local now = string.format('%.6f', NOW)
local function read(key)
  return redis.call('ZRANGEBYSCORE', key, '-inf', now, 'WITHSCORES', 'LIMIT', 0, ARGV[2])
end
local function earliest(key)
  return redis.call('ZRANGEBYSCORE', key, '(' .. now, '+inf', 'WITHSCORES', 'LIMIT', 0, 1)[2]
end
local scheduled, retried = earliest(SCHEDULE), earliest(RETRY)
local next_at = scheduled or retried or ''
if scheduled and retried and tonumber(retried) < tonumber(scheduled) then
  next_at = retried
end
return { next_at, read(SCHEDULE), read(RETRY) }

--[[
  Marks a job as cancelled: it is finished when its run has ended, or when it is handed out, however
  often it moves until
  then. One that surely waits is deleted by the caller, and marked only if it got away.

  ARGV[2]  jid
  ARGV[3]  seconds for which that is kept: a job that Ruby has taken may never end here
  ARGV[4]  "in a queue", or fetched from there: others are not marked; "anywhere": also one that is
           in no index, since it was enqueued by Ruby

  Returns its letter in the index, "" where it has none, and 1 if it is marked now, else 0.
]]
local jid = ARGV[2]
local state = string.sub(redis.call('HGET', JOBS, jid) or '', 1, 1)
if state == 'd' or (ARGV[4] ~= 'anywhere' and state ~= 'q') then
  return { state, 0 }
end
even_when_full()
redis.call('ZREMRANGEBYSCORE', CANCELLED, '-inf', string.format('%.6f', NOW))
redis.call('ZADD', CANCELLED, string.format('%.6f', NOW + tonumber(ARGV[3])), jid)
redis.call('EXPIRE', CANCELLED, ARGV[3])
return { state, 1 }

--[[
  Takes what a dead worker held, and ends its lease. Each job's loss is counted; one that is lost too often is buried.

  ARGV[2]  identity
  ARGV[3]  losses that bury a job
  then     per job, newest first: receipt, jid ("" where there is none), queue, payload to bury, or "" and what to write behind the last
           field of the one that is there

  Returns {} if another was first, else {how many went back, receipt of a buried one, …}.
]]
local identity = ARGV[2]
if is_alive(identity) or not redis.call('ZSCORE', LEASES, identity) then
  return {}
end
even_when_full()
local lease = PREFIX .. 'mandate:lease:' .. identity
local reply = { 0 }
for at = 4, #ARGV, 5 do
  local receipt, jid, queue = ARGV[at], ARGV[at + 1], ARGV[at + 2]
  local payload = redis.call('HGET', lease, receipt)
  if payload then
    local is_cancelled = redis.call('ZREM', CANCELLED, jid) == 1
    local losses = jid == '' and 1 or tonumber(redis.call('HGET', RECOVERIES, jid) or 0) + 1
    if is_cancelled then
      finish(jid, 'c')
    elseif losses >= tonumber(ARGV[3]) then
      local buried, more = ARGV[at + 3], ARGV[at + 4]
      if more ~= '' then
        buried = string.sub(payload, -1) == '}' and string.sub(payload, 1, -2) .. more or payload
      end
      bury(jid, buried)
      reply[#reply + 1] = receipt
    else
      redis.call('SADD', QUEUES, queue)
      redis.call('RPUSH', queue_key(queue), payload)
      if jid ~= '' then
        redis.call('HSET', RECOVERIES, jid, losses)
      end
      reply[1] = reply[1] + 1
    end
    -- Last: where Redis refuses one of these steps, the job is still there.
    redis.call('HDEL', lease, receipt)
  end
end
-- Only the number of its last exchange may be left; a job that came meanwhile waits for the next round.
redis.call('HDEL', lease, 'number')
if redis.call('EXISTS', lease) == 0 then
  end_lease(identity)
end
return reply

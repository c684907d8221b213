-- What was kept of a job that is over. Answers whether there was anything.
local function forget_finished(jid)
  local kept = redis.call('HGET', FINISHED_JOBS, jid)
  if not kept then
    return false
  end
  redis.call('HDEL', FINISHED_JOBS, jid)
  redis.call('ZREM', FINISHED, jid)
  redis.call('ZREM', FINISHED_UNTIL, jid)
  redis.call('ZREM', PREFIX .. 'mandate:finished:' .. string.match(kept, '^(.-)\n'), jid)
  return true
end

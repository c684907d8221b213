--[[
  Takes what a dead worker held, and ends its lease. Each job's loss is counted; one that is lost
  too often is buried.

  ARGV[2]  identity
  ARGV[3]  losses that bury a job
  then     per job, newest first: receipt, jid ("" where there is none), queue, payload to bury, or
           "" and what to write behind the last field of the one that is there

  Returns {} if another was first, else {how many went back, receipt of a buried one, …}.
]]
local identity = ARGV[2]
if is_alive(identity) or not redis.call('ZSCORE', LEASES, identity) then
  return {}
end
local lease = PREFIX .. 'mandate:lease:' .. identity
-- As even_when_full; and where nothing may leave the lease, nothing is copied from it.
redis.call('HDEL', lease, '')

-- How often a job was lost. A refusal to hand it on is no loss.
local function set_losses(jid, losses)
  if losses == 0 then
    redis.call('HDEL', RECOVERIES, jid)
  elseif jid ~= '' then
    redis.call('HSET', RECOVERIES, jid, losses)
  end
end

local reply = { 0 }
for at = 4, #ARGV, 5 do
  local receipt, jid, queue = ARGV[at], ARGV[at + 1], ARGV[at + 2]
  local payload = redis.call('HGET', lease, receipt)
  if payload then
    local losses = jid == '' and 1 or tonumber(redis.call('HGET', RECOVERIES, jid) or 0) + 1
    if ends().end_cancelled(jid) then
      -- It does not run again.
    elseif losses >= tonumber(ARGV[3]) then
      local buried, more = ARGV[at + 3], ARGV[at + 4]
      if more ~= '' then
        buried = string.sub(payload, -1) == '}' and string.sub(payload, 1, -2) .. more or payload
      end
      ends().bury(jid, buried)
      reply[#reply + 1] = receipt
    else
      set_losses(jid, losses)
      holds().settled(jid, 'recover')
      local is_back, failure = pcall(put_at_head, queue, receipt, payload, jid)
      if not is_back then
        set_losses(jid, losses - 1)
        return type(failure) == 'table' and failure or redis.error_reply(failure)
      end
      reply[1] = reply[1] + 1
    end
    -- Last: where Redis refuses one of these steps, the job is still there.
    redis.call('HDEL', lease, receipt)
  end
end
-- Only the number of its last exchange may be left; a job that came meanwhile waits for the next
-- round.
redis.call('HDEL', lease, 'number')
if redis.call('EXISTS', lease) == 0 then
  end_lease(identity)
end
return reply

--[[
  Gives a job that a lease holds another payload: it has come so far, and counts as no more
  recovered.

  ARGV[2]  identity
  ARGV[3]  receipt
  ARGV[4]  jid, or "" where there is none
  ARGV[5]  payload

  Returns {"lost"} if the lease ran out before, else {1 if it holds the job else 0}.
]]
local identity, receipt, jid, payload = ARGV[2], ARGV[3], ARGV[4], ARGV[5]
if not is_alive(identity) then
  return { 'lost' }
end
local lease = PREFIX .. 'mandate:lease:' .. identity
-- As even_when_full: with what it has come to the job can end, and make room.
redis.call('HDEL', lease, '')
if redis.call('HEXISTS', lease, receipt) == 0 then
  return { 0 }
end
redis.call('HSET', lease, receipt, payload)
if jid ~= '' then
  redis.call('HDEL', RECOVERIES, jid)
end
return { 1 }

--[[
  Finds leases that ran out, and what they held. Changes nothing.

  Returns [identity, [receipt, payload, …], identity, …].
]]
local reply = {}
for _, identity in ipairs(redis.call('ZRANGEBYSCORE', LEASES, '-inf', '(' .. string.format('%.6f', NOW))) do
  reply[#reply + 1] = identity
  reply[#reply + 1] = redis.call('HGETALL', PREFIX .. 'mandate:lease:' .. identity)
end
return reply

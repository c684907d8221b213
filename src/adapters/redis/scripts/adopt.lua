--[[
  Tells what a lease holds, after a reply was lost. Exchanges on their way from before are refused from now on.

  ARGV[2]  identity
  ARGV[3]  number of this exchange

  Returns {"lost"}, or {"ok", receipt, payload, receipt, payload, …}.
]]
if not is_alive(ARGV[2]) then
  return { 'lost' }
end
even_when_full()
redis.call('HDEL', IDLE, ARGV[2])
local lease = PREFIX .. 'mandate:lease:' .. ARGV[2]
redis.call('HSET', lease, 'number', ARGV[3])
local held = redis.call('HGETALL', lease)
local reply = { 'ok' }
for index = 1, #held, 2 do
  if held[index] ~= 'number' then
    reply[#reply + 1] = held[index]
    reply[#reply + 1] = held[index + 1]
  end
end
return reply

--[[
  Tells what a lease holds, after a reply was lost. Exchanges on their way from before are refused
  from now on. Only how large the payloads are: what the worker does not know it asks for, a part at
  a time.

  ARGV[2]  identity
  ARGV[3]  number of this exchange

  Returns {"lost"}, or {"ok", receipt, bytes, receipt, bytes, …}.
]]
if not is_alive(ARGV[2]) then
  return { 'lost' }
end
even_when_full()
redis.call('HDEL', IDLE, ARGV[2])
local lease = PREFIX .. 'mandate:lease:' .. ARGV[2]
redis.call('HSET', lease, 'number', ARGV[3])
local reply = { 'ok' }
for _, receipt in ipairs(redis.call('HKEYS', lease)) do
  if receipt ~= 'number' then
    reply[#reply + 1] = receipt
    reply[#reply + 1] = redis.call('HSTRLEN', lease, receipt)
  end
end
return reply

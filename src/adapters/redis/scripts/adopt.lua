--[[
  Tells what a lease holds, after a reply was lost. Exchanges on their way from before are refused
  from now on. Only how large the payloads are: what the worker does not know it asks for, a part at
  a time.

  ARGV[2]  identity
  ARGV[3]  number of this exchange

  Returns {"lost"}, or {"ok", receipt, bytes, how it came, …}. That is "" as a rule, "x" where the job has
  expired, and "u" and a key where that has refused it.
]]
if not is_alive(ARGV[2]) then
  return { 'lost' }
end
even_when_full()
redis.call('HDEL', IDLE, ARGV[2])
local lease = PREFIX .. 'mandate:lease:' .. ARGV[2]
redis.call('HSET', lease, 'number', ARGV[3])
local reply = { 'ok' }

-- As what a job was handed out, or is by now.
local function how_it_came(receipt)
  local jid = holds().jid_of(redis.call('HGET', lease, receipt))
  local row = holds().row(jid)
  if not row then
    return ''
  elseif holds().is_expired(row) and row.wants_turn then
    return 'x'
  end
  local key = holds().refused_by(row)
  return key and 'u' .. key or ''
end

for _, receipt in ipairs(redis.call('HKEYS', lease)) do
  if receipt ~= 'number' then
    reply[#reply + 1] = receipt
    reply[#reply + 1] = redis.call('HSTRLEN', lease, receipt)
    reply[#reply + 1] = holds().any() and how_it_came(receipt) or ''
  end
end
return reply

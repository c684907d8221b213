--[[
  Finds leases that ran out, and what they held. Changes nothing.

  A large payload does not leave: a worker with a slow link would never be done. Whose it is is told
  by the last jid that it mentions, which stands behind the arguments wherever Sidekiq or we wrote
  it.

  Returns [identity, [receipt, payload or nil, "" or the jid where the payload is large, …],
  identity, …].
]]
local reply, left = {}, 1048576
for _, identity in ipairs(redis.call('ZRANGEBYSCORE', LEASES, '-inf', '(' .. string.format('%.6f', NOW))) do
  local lease = PREFIX .. 'mandate:lease:' .. identity
  local held = {}
  for _, receipt in ipairs(redis.call('HKEYS', lease)) do
    if receipt ~= 'number' then
      local payload = redis.call('HGET', lease, receipt)
      held[#held + 1] = receipt
      if #payload <= 65536 and #payload <= left then
        left = left - #payload
        held[#held + 1] = payload
        held[#held + 1] = ''
      else
        held[#held + 1] = false
        held[#held + 1] = string.match(payload, '^.*"jid"%s*:%s*"([^"\\]*)"') or ''
      end
    end
  end
  reply[#reply + 1] = identity
  reply[#reply + 1] = held
end
return reply

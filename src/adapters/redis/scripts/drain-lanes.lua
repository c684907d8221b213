--[[
  Puts what waits beside lists that no worker of ours looks beside any more into those lists: what
  is urgent in front of the others, what is not behind them. Ruby's workers see only the list.

  ARGV[2]  how many at most

  Returns how many jobs were moved, and 1 if some wait beside lists now, else 0.
]]
if redis.call('EXISTS', LANES) == 0 then
  return { 0, 0 }
end
even_when_full()
local moved = 0

local function move(queue, command, members)
  for _, member in ipairs(members) do
    redis.call(command, queue_key(queue), lanes().payload(member))
    redis.call('ZREM', lanes().key(queue), member)
  end
  moved = moved + #members
end

for _, queue in ipairs(redis.call('SMEMBERS', LANES)) do
  if moved < tonumber(ARGV[2]) and not lanes().is_served(queue) then
    local key = lanes().key(queue)
    -- Without effect, and refused where they would not leave.
    redis.call('ZREM', key, '')
    redis.call('SADD', QUEUES, queue)
    redis.call('SADD', lanes().unsorted, queue)
    move(queue, 'RPUSH', redis.call('ZREVRANGEBYSCORE', key, '(0', '-inf', 'LIMIT', 0, ARGV[2] - moved))
    move(queue, 'LPUSH', redis.call('ZRANGEBYSCORE', key, 0, '+inf', 'LIMIT', 0, ARGV[2] - moved))
    lanes().after_leaving(queue)
  end
end
return { moved, redis.call('EXISTS', LANES) }

--[[
  Opens a lease.

  ARGV[2]  identity
  ARGV[3]  seconds to live, or "+inf"
  ARGV[4]  what operators see of the worker, JSON
  then     what it serves, as in there: names of queues, of which one that ends in a star stands for
           all that begin so

  Returns {0} if a lease of that identity is open, else {1, queues in whose lists jobs may wait that
  belong into lanes, now that somebody looks there}.
]]
if redis.call('ZSCORE', LEASES, ARGV[2]) then
  return { 0 }
end
even_when_full()
local expiry = ARGV[3] == '+inf' and '+inf' or string.format('%.6f', NOW + tonumber(ARGV[3]))
redis.call('ZADD', LEASES, expiry, ARGV[2])
redis.call('HSET', WORKERS, ARGV[2], ARGV[4])
-- Where that is refused, lists are used for all.
for at = 5, #ARGV do
  redis.pcall('ZADD', lanes().serving, 0, lanes().server(ARGV[at], ARGV[2]))
end
local unsorted = {}
for _, queue in ipairs(redis.pcall('SMEMBERS', lanes().unsorted)) do
  unsorted[#unsorted + 1] = lanes().is_served(queue) and queue or nil
end
return { 1, unsorted }

--[[
  Opens a lease.

  ARGV[2]  identity
  ARGV[3]  seconds to live, or "+inf"
  ARGV[4]  what operators see of the worker, JSON

  Returns 1, or 0 if a lease of that identity is open.
]]
if redis.call('ZSCORE', LEASES, ARGV[2]) then
  return 0
end
even_when_full()
local expiry = ARGV[3] == '+inf' and '+inf' or string.format('%.6f', NOW + tonumber(ARGV[3]))
redis.call('ZADD', LEASES, expiry, ARGV[2])
redis.call('HSET', WORKERS, ARGV[2], ARGV[4])
return 1

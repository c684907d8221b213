--[[
  Keeps a lease for another while.

  ARGV[2]  identity
  ARGV[3]  seconds to live, or "+inf"
  ARGV[4]  what operators see of the worker, JSON; "" leaves it

  Returns 1, or 0 if the lease ran out before.
]]
if not is_alive(ARGV[2]) then
  return 0
end
even_when_full()
local expiry = ARGV[3] == '+inf' and '+inf' or string.format('%.6f', NOW + tonumber(ARGV[3]))
redis.call('ZADD', LEASES, expiry, ARGV[2])
if ARGV[4] ~= '' then
  redis.call('HSET', WORKERS, ARGV[2], ARGV[4])
end
return 1

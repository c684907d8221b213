--[[
  Reads which dead jobs are too old or too many. Changes nothing: their jids are read outside.

  ARGV[2]  seconds to keep them
  ARGV[3]  how many to keep
  ARGV[4]  how many to return at most

  Returns payloads, the oldest first.
]]
local most = tonumber(ARGV[4])
local old = redis.call(
  'ZRANGEBYSCORE', DEAD, '-inf', string.format('%.6f', NOW - tonumber(ARGV[2])), 'LIMIT', 0, most
)
local too_many = redis.call('ZCARD', DEAD) - tonumber(ARGV[3])
if #old >= too_many or #old == most then
  return old
end
return redis.call('ZRANGE', DEAD, 0, math.min(too_many, most) - 1)

--[[
  Adds to counters that live for a while, all at once: what Sidekiq's metrics page shows.

  then per key: ARGV "hash" or "bits", its name, seconds to live, how many values follow; in pairs:
       a hash's field, or
  the number of an unsigned 16-bit counter in a string, which stops at its end; and what to add

  Returns nothing.
]]
local at = 2
while at <= #ARGV do
  local key, count = PREFIX .. ARGV[at + 1], tonumber(ARGV[at + 3])
  for pair = at + 4, at + 3 + count, 2 do
    if ARGV[at] == 'hash' then
      redis.call('HINCRBY', key, ARGV[pair], ARGV[pair + 1])
    else
      redis.call('BITFIELD', key, 'OVERFLOW', 'SAT', 'INCRBY', 'u16', '#' .. ARGV[pair], ARGV[pair + 1])
    end
  end
  redis.call('EXPIRE', key, ARGV[at + 2])
  at = at + 4 + count
end

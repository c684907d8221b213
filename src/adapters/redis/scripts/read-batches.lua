--[[
  Reads what is known of batches. Changes nothing.

  ARGV[2]  how many at most, of those that follow in the list; 0: those of the ids
  ARGV[3]  behind which it begins: "SCORE ID", or ""
  then     ids

  Returns what is known of each: {id, fields and values, how many in it have not ended, failures},
  or {}; of a list the place behind which the next page begins, last, if there is one.
]]
local most = tonumber(ARGV[2])
if most == 0 then
  local found = {}
  for at = 4, #ARGV do
    found[#found + 1] = batches().known(ARGV[at])
  end
  return found
end
local score, id = string.match(ARGV[3], '^(%S+) (%S+)$')
local rank = id and redis.call('ZREVRANK', BATCHES, id)
local first = rank and rank + 1 or score and redis.call('ZCOUNT', BATCHES, score, '+inf') or 0
local page, found = redis.call('ZREVRANGE', BATCHES, first, first + most - 1, 'WITHSCORES'), {}
for at = 1, #page, 2 do
  found[#found + 1] = batches().known(page[at])
end
if #page == 2 * most then
  found[#found + 1] = page[#page] .. ' ' .. page[#page - 1]
end
return found

--[[
  Writes locks as other keys that are held (shared/holds/locks.lua), those of a part of them that
  match: keys are listed in their order, and locks have none.

  ARGV[2]  where the part begins: "0", or what the one before returned
  ARGV[3]  a pattern of keys
  ARGV[4]  about how many to look at

  Returns where the next part begins, or "0".
]]
local scanned = redis.call('HSCAN', LOCKS, ARGV[2], 'MATCH', ARGV[3], 'COUNT', ARGV[4])
for at = 1, #scanned[2], 2 do
  holds().unfold(scanned[2][at])
end
return scanned[1]

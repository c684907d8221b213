--[[
  Says how often a key may be held, or at which rate, from now on.

  ARGV[2]  a hold of it, JSON as in shared/holds.lua
]]
local hold = cjson.decode(ARGV[2])
holds().declare(hold, '!')
local queue = string.match(hold[1], '^queue:(.*)$')
if queue then
  holds().limit_queue(queue, hold[3] >= 0 or hold[5] > 0)
end
holds().tell(hold[1])

--[[
  Says how often a key may be held, or at which rate, from now on.

  ARGV[2]  a hold of it, JSON as in shared.lua
]]
local hold = cjson.decode(ARGV[2])
holds().declare(hold, '!')
holds().tell(hold[1])

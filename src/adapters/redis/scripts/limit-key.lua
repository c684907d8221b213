--[[
  Says how often a key may be held, or at which rate, from now on. Of one that may be held by any number nothing is kept by itself.

  ARGV[2]  a hold of it, JSON as in shared/holds.lua
]]
local hold = cjson.decode(ARGV[2])
local is_limited = hold[3] >= 0 or hold[5] > 0
holds().declare(hold, is_limited and '!' or '')
local queue = string.match(hold[1], '^queue:(.*)$')
if queue then
  holds().limit_queue(queue, is_limited)
end
holds().tell(hold[1])
if not is_limited then
  if queue then
    holds().await_no_more(queue, hold[1])
  end
  holds().after_limit(hold[1])
end

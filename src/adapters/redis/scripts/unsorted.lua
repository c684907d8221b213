--[[
  Finds jobs in a queue's list that seem to have a priority, or a key that takes turns. Changes nothing: that is in their JSON,
  which is read outside.

  ARGV[2]  the queue's name
  ARGV[3]  how many jobs are before the first place to look at, counted from the right
  ARGV[4]  how many places to look at

  Returns how many there were, and of those that were found the place, counted from there, and the
  payload, in turns.
]]
local first, count = tonumber(ARGV[3]), tonumber(ARGV[4])
local payloads = redis.call('LRANGE', queue_key(ARGV[2]), -(first + count), -(first + 1))
local found = {}
for index = #payloads, 1, -1 do
  local payload = payloads[index]
  if string.find(payload, '"priority":%-?[1-9]') or string.find(payload, '"fair_key":"', 1, true) then
    found[#found + 1] = first + #payloads - index
    found[#found + 1] = payload
  end
end
return { #payloads, found }

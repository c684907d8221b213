--[[
  Reads jobs that are parked, as many as fit into an answer, or one. Changes nothing.

  ARGV[2..]  jids

  Returns for the first of them, in their order, {queue, key, payload}, or {} where there is none.
]]
local found, left = {}, 1048576
for at = 2, #ARGV do
  local queue, key, _, _, payload = holds().parked(ARGV[at])
  left = left - #(payload or '')
  if left < 0 and #found > 0 then
    break
  end
  found[#found + 1] = queue and { queue, key, payload } or {}
end
return found

--[[
  Reads documents. Changes nothing.

  ARGV[2..]  names

  Returns for the first of them, as many as fit into an answer, {version, text}, or {} where there
  is none.
]]
local found, left = {}, 1048576
for at = 2, #ARGV do
  local version, text = document(ARGV[at])
  left = left - #(text or '')
  if left < 0 and #found > 0 then
    break
  end
  found[#found + 1] = version and { version, text } or {}
end
return found

--[[
  Reads what jobs of a queue have become that were not handed out since. Changes nothing.

  ARGV[2..]  jids

  Returns for each a payload, "" where it is what it was.
]]
local found = {}
for at = 2, #ARGV do
  local override = redis.call('HGET', OVERRIDES, ARGV[at])
  local payload
  if override then
    payload = select(2, cmsgpack.unpack(override))
  end
  found[#found + 1] = payload or ''
end
return found

--[[
  Reads values of a hash, about a megabyte of them, or one: others wait for as long as an answer
  takes. Changes nothing.

  ARGV[2]  the hash's key
  then     fields

  Returns the values of the first of them, false where there is none.
]]
local values, left = {}, 1048576
for at = 3, #ARGV do
  local value = redis.call('HGET', ARGV[2], ARGV[at])
  left = left - #(value or '')
  if left < 0 and at > 3 then
    break
  end
  values[#values + 1] = value
end
return values

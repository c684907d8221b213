--[[
  Lets go of a key, or gives back tokens of it.

  ARGV[2]  key
  ARGV[3]  who holds it
  ARGV[4]  how many tokens, below 0 where more were needed; 0 for the key itself
  ARGV[5]  1 if it is taken from a job for good

  Returns 1, or 0 where it was not held.
]]
even_when_full()
local key, tokens = ARGV[2], tonumber(ARGV[4])
if tokens ~= 0 then
  return holds().return_tokens({ key, '', 1, 0, 0, 0, 0 }, tokens) and 1 or 0
end
if ARGV[5] == '1' then
  holds().forget(ARGV[3], key)
end
return holds().give_back(ARGV[3], key) and 1 or 0

--[[
  Reads what is known of keys.

  ARGV[2]  what keys begin with, of which a page is read in their order; else ""
  ARGV[3]  the last key seen, "" at the beginning
  ARGV[4]  how many at most; 0 for the keys that follow
  then     those keys

  Returns for each {key, to, tokens, their seconds, burst, how many hold it, wait for it, took it,
  are dead}, or {} where nothing is known; and of a page at last, where there may be more, the last
  key seen.
]]
local keys, limit = {}, tonumber(ARGV[4])
if limit > 0 then
  local first = ARGV[3] == '' and '[' .. ARGV[2] or '(' .. ARGV[3]
  keys = redis.call('ZRANGEBYLEX', HELD, first, '(' .. ARGV[2] .. '\255', 'LIMIT', 0, limit)
else
  for at = 5, #ARGV do
    keys[#keys + 1] = ARGV[at]
  end
end
local found = {}
for index, key in ipairs(keys) do
  found[index] = holds().state(key)
end
if limit > 0 and #keys == limit then
  found[#found + 1] = keys[#keys]
end
return found

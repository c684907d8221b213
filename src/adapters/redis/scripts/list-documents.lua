--[[
  Reads documents in the order of their names, and forgets the names of those whose time is over.

  ARGV[2]  what their names begin with
  ARGV[3]  the last name seen, "" at the beginning
  ARGV[4]  how many at most; fewer where no more fit into an answer

  Returns {the last name seen, where there may be more, else "", [name, version, text, …]}.
]]
local prefix, seen, limit = ARGV[2], ARGV[3], tonumber(ARGV[4])
local first = seen == '' and '[' .. prefix or '(' .. seen
local names = redis.call('ZRANGEBYLEX', DOCUMENTS, first, '(' .. prefix .. '\255', 'LIMIT', 0, limit)
local found, left, last = {}, 1048576, ''
for _, name in ipairs(names) do
  local version, text = document(name)
  left = left - #(text or '')
  if left < 0 and #found > 0 then
    return { last, found }
  end
  if version then
    found[#found + 1] = name
    found[#found + 1] = version
    found[#found + 1] = text
  else
    redis.pcall('ZREM', DOCUMENTS, name)
  end
  last = name
end
return { #names == limit and last or '', found }

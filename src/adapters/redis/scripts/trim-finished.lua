--[[
  Forgets finished jobs that are too old.

  ARGV[2]  how many at most

  Returns how many.
]]
even_when_full()
local old = redis.call(
  'ZRANGEBYSCORE', FINISHED_UNTIL, '-inf', string.format('%.6f', NOW), 'LIMIT', 0, tonumber(ARGV[2])
)
for _, jid in ipairs(old) do
  forget_finished(jid)
end
return #old

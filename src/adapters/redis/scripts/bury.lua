--[[
  Buries blocked jobs whose prerequisite is dead.

  ARGV[2]  number of the freed list's entry
  then     per job: jid, payload

  Returns how many were buried.
]]
even_when_full()
local freed = PREFIX .. 'mandate:freed:' .. ARGV[2]
local buried = 0
for at = 3, #ARGV, 2 do
  local jid = ARGV[at]
  local number = redis.call('ZSCORE', freed, jid)
  if number then
    redis.call('ZREM', freed, jid)
    if tonumber(redis.call('ZSCORE', BLOCKED, jid)) == tonumber(number) then
      unblock(jid)
      bury(jid, ARGV[at + 1])
      buried = buried + 1
    end
  end
end
return buried

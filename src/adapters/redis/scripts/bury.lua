--[[
  Buries blocked jobs whose prerequisite has failed.

  ARGV[2]  the freed list's entry
  then     per job: jid, payload

  Returns how many were buried.
]]
even_when_full()
blocked().may_unblock()
local freed = PREFIX .. 'mandate:freed:' .. string.match(ARGV[2], '^%d+')
local buried = 0
for at = 3, #ARGV, 2 do
  local jid = ARGV[at]
  local number = redis.call('ZSCORE', freed, jid)
  if number then
    if tonumber(redis.call('ZSCORE', BLOCKED, jid)) == tonumber(number) then
      ends().bury(jid, ARGV[at + 1])
      blocked().unblock(jid)
      buried = buried + 1
    end
    redis.call('ZREM', freed, jid)
  end
end
if redis.call('EXISTS', freed) == 0 then
  -- It is the first where it is handed on, and among the last where it was buried as soon as it
  -- came.
  redis.call('LREM', FREED, redis.call('LINDEX', FREED, 0) == ARGV[2] and 1 or -1, ARGV[2])
end
return buried

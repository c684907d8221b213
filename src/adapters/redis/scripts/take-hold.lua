--[[
  Takes a key, or tokens of it, for code, if it is free and no job waits for it.

  ARGV[2]  the hold, JSON as in shared/holds.lua, with the holder
  ARGV[3]  how many tokens
  ARGV[4]  jid of the job whose run lets go of it when it ends, or ""

  Returns {1}, or {0, when it may be free or ""}.
]]
local hold = cjson.decode(ARGV[2])
local key, holder = hold[1], hold[8]
-- There may be no worker that does so.
holds().forget_expired(2)
holds().declare(hold)
if not (hold[5] == 0 and holds().is_held_by(holder, key)) then
  local free = holds().free_at(hold, tonumber(ARGV[3]))
  if free or holds().is_waited_for(key) then
    return { 0, free and free < math.huge and string.format('%.6f', free) or '' }
  end
  if hold[5] == 0 and ARGV[4] ~= '' and redis.call('HEXISTS', JOBS, ARGV[4]) == 1 then
    holds().let_go_after(ARGV[4], hold)
  end
end
holds().take(holder, hold, tonumber(ARGV[3]))
return { 1 }

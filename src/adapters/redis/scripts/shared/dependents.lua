-- What waited for a job goes to the freed list as a whole; `fate` is how it ended (finish). An
-- entry of that list that names nothing does no harm; what is not named there would wait for ever.
-- Answers whether there was anything.
local function free_dependents(jid, fate)
  local dependents = PREFIX .. 'mandate:dependents:' .. jid
  if redis.call('EXISTS', dependents) == 1 then
    local number = redis.call('INCR', SEQUENCE)
    redis.call('RPUSH', FREED, number .. ' ' .. fate .. ' ' .. jid)
    redis.call('RENAME', dependents, PREFIX .. 'mandate:freed:' .. number)
    redis.call('ZREM', FOREIGN, jid)
    return true
  end
end

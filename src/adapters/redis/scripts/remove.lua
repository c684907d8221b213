--[[
  Deletes jobs from where they wait, or moves them, unless they have left.

  ARGV[2]  "queue:NAME", "schedule", "retry", "dead", "blocked" or "finished"
  ARGV[3]  "" deletes; "queue" and "dead" move
  then     per job: jid ("" where there is none), payload, queue, new payload

  Returns how many there were.
]]
local place, to = ARGV[2], ARGV[3]
local sets = { schedule = SCHEDULE, retry = RETRY, dead = DEAD }

local function take(jid, payload)
  if place == 'blocked' then
    local _, _, _, current = waiting(jid)
    if current ~= payload then
      return false
    end
    unblock(jid)
    return true
  end
  if place == 'finished' then
    local kept = redis.call('HGET', FINISHED_JOBS, jid)
    -- One that is to run again must not be there twice.
    local is_free = to == '' or redis.call('HEXISTS', JOBS, jid) == 0
    return is_free and kept and string.match(kept, '^.-\n.-\n(.*)$') == payload and forget_finished(jid)
  end
  if sets[place] then
    return redis.call('ZREM', sets[place], payload) == 1
  end
  -- From the right, where the oldest are, and most of what is looked for.
  return redis.call('LREM', PREFIX .. place, -1, payload) == 1
end

even_when_full()
local taken = 0
for at = 4, #ARGV, 4 do
  local jid, queue = ARGV[at], ARGV[at + 2]
  if take(jid, ARGV[at + 1]) then
    taken = taken + 1
    if to == 'queue' then
      push(queue, ARGV[at + 3])
      if jid ~= '' then
        redis.call('HSET', JOBS, jid, 'q')
      end
    elseif to == 'dead' then
      bury(jid, ARGV[at + 3])
    elseif place ~= 'finished' then
      finish(jid, 'f')
    end
  end
end
return taken

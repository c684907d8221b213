--[[
  Hands on jobs that waited for the first on the freed list, and for those behind it that are done, a slice at a time; where that
  is empty, jobs that stand in line for a key that is free. Where it was no success, those that ask for that
  are cancelled, and what waits for them follows at the list's end; those that ask to be buried are
  only told: their new bytes are made outside, and bury.lua takes them.

  ARGV[2]  how many at most

  Returns {1 if something may be left else 0, how many were handed on, the last entry of the freed list,
  [jid, queue, payload, …] to bury, 1 if nothing is left of that entry else 0}.
]]
-- Jobs that waited for a key that is free now, or for something else that is so of it. Answers how
-- many were handed on.
local function hand_on_free()
  local handed, looks = 0, { left = tonumber(ARGV[2]) }
  while redis.call('EXISTS', holds().ready_key('')) == 1 do
    local jid, line = holds().next_free(looks)
    if not jid then
      break
    end
    local at, _, queue, payload, priority = blocked().waiting(jid)
    if at and redis.call('SCARD', PREFIX .. 'mandate:prereqs:' .. jid) == 1 then
      -- First: where Redis refuses it, the job is still blocked, and in line.
      local is_handed, failure = pcall(schedule_or_push, jid, queue, payload, at, priority)
      if not is_handed then
        set_state(jid, 'b')
        error(failure, 0)
      end
      blocked().unblock(jid)
      handed = handed + 1
    else
      redis.call('ZREM', PREFIX .. 'mandate:dependents:' .. line, jid)
      redis.call('SREM', PREFIX .. 'mandate:prereqs:' .. jid, line)
      redis.call('HDEL', IN_LINE, jid)
      holds().after_line(line)
    end
  end
  return handed
end

local to_bury = {}

-- Hands on those that waited for one entry of the freed list, so many at most. Answers how many were looked at, how many handed
-- on, whether nothing is left of the entry, and what Redis refused.
local function hand_on(entry, most)
  local number, fate, prereq = string.match(entry, '^(%d+) (%a) (.*)$')
  local freed = PREFIX .. 'mandate:freed:' .. number
  local members = redis.call('ZRANGE', freed, 0, most - 1, 'WITHSCORES')
  local handed = 0
  for index = 1, #members, 2 do
    local jid = members[index]
    local prereqs = PREFIX .. 'mandate:prereqs:' .. jid
    -- One that was moved, and perhaps blocked anew, is under another number.
    local is_same = tonumber(redis.call('ZSCORE', BLOCKED, jid) or -1) == tonumber(members[index + 1])
    -- Whoever waits for thousands is long: what is done has no rule to be looked up, and it is read once it waits for nobody.
    local at, failure, queue, payload, priority
    if is_same and fate ~= 'f' then
      at, failure, queue, payload, priority = blocked().waiting(jid)
    end
    if failure == 'bury' then
      to_bury[#to_bury + 1] = jid
      to_bury[#to_bury + 1] = queue
      to_bury[#to_bury + 1] = payload
    else
      if failure == 'cancel' then
        ends().finish(jid, 'c')
        blocked().unblock(jid)
        handed = handed + 1
      elseif is_same then
        redis.call('SREM', prereqs, prereq)
        if redis.call('EXISTS', prereqs) == 0 then
          if not at then
            at, failure, queue, payload, priority = blocked().waiting(jid)
          end
          -- First: where Redis refuses it, the job is still blocked, and on the list. What has no payload left is passed over.
          local is_handed, refused = not at, nil
          if at then
            is_handed, refused = pcall(schedule_or_push, jid, queue, payload, at, priority)
          end
          if not is_handed then
            set_state(jid, 'b')
            return index, handed, false, refused
          end
          if at then
            blocked().unblock(jid)
            handed = handed + 1
          end
        end
      end
      redis.call('ZREM', freed, jid)
    end
  end
  local is_last = redis.call('EXISTS', freed) == 0
  if is_last then
    redis.call('LREM', FREED, 1, entry)
  end
  return #members / 2, handed, is_last
end

even_when_full()
blocked().may_unblock()
local entry = redis.call('LINDEX', FREED, 0)
if not entry then
  return { 0, hand_on_free(), '', {}, 0 }
end
local left, handed = tonumber(ARGV[2]), 0
while true do
  local looked, handed_now, is_last, refused = hand_on(entry, left)
  handed = handed + handed_now
  if refused and handed == 0 then
    return type(refused) == 'table' and refused or redis.error_reply(refused)
  end
  left = left - math.max(looked, 1)
  local next_entry = is_last and left > 0 and string.find(entry, '^%d+ f ') and redis.call('LINDEX', FREED, 0)
  -- What has to be told, or dealt with outside, is answered by itself.
  if not next_entry or string.find(entry .. next_entry, ' batch:', 1, true) or not string.find(next_entry, '^%d+ f ') then
    return { 1, handed, entry, to_bury, is_last and 1 or 0 }
  end
  entry = next_entry
end

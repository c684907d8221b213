-- To the schedule if its time has not come, else to its queue; as the last step: until then it is
-- where it was.
local function schedule_or_push(jid, queue, payload, at, priority)
  if at ~= '' and tonumber(at) > NOW then
    set_state(jid, 's')
    holds().note_payload(jid, payload)
    redis.call('ZADD', SCHEDULE, at, payload)
  else
    set_state(jid, 'q')
    push(queue, payload, priority)
  end
end

-- A job that waits becomes another, and keeps its jid: one whose bytes are known where it waits, at
-- once; one in a queue's list or lanes as it comes to be handed out, until when what it is to be
-- stands beside it.
local made_replacing
local function replacing()
  if made_replacing then
    return made_replacing
  end
  local made = {}
  made_replacing = made

  -- A payload under another jid. It says that once as a rule, else the last of several counts.
  function made.under_jid(payload, jid, other)
    local said, becomes = '"jid":"' .. jid .. '"', '"jid":"' .. other .. '"'
    local first, last = string.find(payload, said, 1, true)
    if first and not string.find(payload, said, last, true) then
      return string.sub(payload, 1, first - 1) .. becomes .. string.sub(payload, last + 1)
    end
    return string.sub(payload, -1) == '}' and string.sub(payload, 1, -2) .. ',' .. becomes .. '}' or payload
  end

  -- Whether a job is one of these, or one of them waits for it.
  function made.would_wait_for(jid, prereqs)
    local seen, open, looks = {}, { unpack(prereqs) }, 1000
    while #open > 0 and looks > 0 do
      local each = table.remove(open)
      looks = looks - 1
      if each == jid then
        return true
      end
      if not seen[each] then
        seen[each] = true
        for _, prereq in ipairs(redis.call('SMEMBERS', PREFIX .. 'mandate:prereqs:' .. each)) do
          open[#open + 1] = prereq
        end
      end
    end
    return false
  end

  local function place(jid, new)
    if #new.prereqs == 0 or not blocked().block(jid, new.queue, new.payload, new.at, new.failure, new.prereqs, new.priority) then
      schedule_or_push(jid, new.queue, new.payload, new.at, new.priority)
    end
  end

  local function keep_blocked(jid, new)
    local rule = new.priority == '' and new.failure or new.failure .. '/' .. new.priority
    redis.call('HSET', WAITING, jid, new.at .. '\n' .. rule .. '\n' .. new.queue .. '\n' .. new.payload)
    for _, prereq in ipairs(new.prereqs) do
      if ends().is_unfinished(prereq) then
        redis.call('ZADD', PREFIX .. 'mandate:dependents:' .. prereq, redis.call('ZSCORE', BLOCKED, jid), jid)
        redis.call('SADD', PREFIX .. 'mandate:prereqs:' .. jid, prereq)
      end
    end
  end

  local function has_come(new)
    return #new.prereqs == 0 and (new.at == '' or tonumber(new.at) <= NOW)
  end

  -- `new` has a queue, a payload that says the job's jid, at, failure, prereqs, priority, and its
  -- row.
  function made.replace(jid, new)
    local state = string.sub(redis.call('HGET', JOBS, jid) or '', 1, 1)
    holds().replace_row(jid, new.row)
    redis.call('HDEL', RECOVERIES, jid)
    if state == 'b' then
      keep_blocked(jid, new)
      return
    end
    if state == 'p' then
      local queue, key, priority, position = holds().parked(jid)
      local stays = queue == new.queue and tonumber(priority) == lanes().priority_of(new.priority)
      local hold = stays and has_come(new) and holds().begin_would_wait(jid)
      if hold == key then
        redis.call('HSET', PARKED, jid, cmsgpack.pack(queue, key, priority, position, new.payload))
      else
        holds().may_unpark()
        place(jid, new)
        holds().unpark(jid)
      end
      return
    end
    local set = state == 's' and SCHEDULE or state == 'r' and RETRY
    local before = set and redis.call('HGET', REPLACEABLE, jid)
    if before and redis.call('ZSCORE', set, before) then
      -- Without effect, and refused where it could not leave.
      redis.call('ZREM', set, '')
      place(jid, new)
      redis.call('ZREM', set, before)
      return
    end
    redis.call('HSET', OVERRIDES, jid, cmsgpack.pack(new.queue, new.payload, new.at, new.failure, new.priority, new.prereqs))
  end

  -- What a job has become that comes to be handed out from a queue. Answers with its payload, where
  -- it stays there, until `forget` is called; true where it was put to where it belongs; nothing
  -- where it is what it was.
  function made.apply(jid, from, priority)
    local override = redis.call('HGET', OVERRIDES, jid)
    if not override then
      return
    end
    local new = {}
    new.queue, new.payload, new.at, new.failure, new.priority, new.prereqs = cmsgpack.unpack(override)
    local stays = new.queue == from and has_come(new) and lanes().priority_of(new.priority) == tonumber(priority)
    if stays then
      return stamped(new.payload)
    end
    redis.call('HDEL', OVERRIDES, '')
    place(jid, new)
    redis.call('HDEL', OVERRIDES, jid)
    return true
  end

  -- What these have become has left the place where they were.
  function made.forget(jids)
    if #jids > 0 then
      redis.call('HDEL', OVERRIDES, unpack(jids))
    end
  end

  return made
end

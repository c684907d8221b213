-- Jobs that wait for others, or for a key.
local made_blocked
local function blocked()
  if made_blocked then
    return made_blocked
  end
  local made = {}
  made_blocked = made

  -- Keeps a job back behind those of `prereqs` that are unfinished. Where one has failed already, and
  -- `failure` is not "release", it waits for none: it goes to the freed list. `line` is where it
  -- stands for a key, if it does. Answers false where nothing keeps it back, else true, or its entry
  -- in that list.
  local doomed = {}

  function made.block(jid, queue, payload, at, failure, prereqs, priority, line)
    local number, entry
    local failed, fate
    if failure ~= 'release' then
      failed, fate = ends().failed_among(prereqs)
    end
    if failed then
      number = redis.call('INCR', SEQUENCE)
      entry = doomed[failed]
      if not entry then
        entry = number .. ' ' .. fate .. ' ' .. failed
        doomed[failed] = entry
        redis.call('RPUSH', FREED, entry)
      end
      redis.call('ZADD', PREFIX .. 'mandate:freed:' .. string.match(entry, '^%d+'), number, jid)
      prereqs = {}
    end
    for _, prereq in ipairs(prereqs) do
      if ends().is_unfinished(prereq) then
        number = number or redis.call('INCR', SEQUENCE)
        redis.call('ZADD', PREFIX .. 'mandate:dependents:' .. prereq, number, jid)
        redis.call('SADD', PREFIX .. 'mandate:prereqs:' .. jid, prereq)
      end
    end
    if line then
      number = number or redis.call('INCR', SEQUENCE)
      redis.call('ZADD', PREFIX .. 'mandate:dependents:' .. line, number, jid)
      redis.call('SADD', PREFIX .. 'mandate:prereqs:' .. jid, line)
      holds().note_line(jid, line)
    end
    if not number then
      return false
    end
    redis.call('ZADD', BLOCKED, number, jid)
    redis.call('HSET', JOBS, jid, state_of(jid, 'b'))
    local rule = priority == '' and failure or failure .. '/' .. priority
    redis.call('HSET', WAITING, jid, at .. '\n' .. rule .. '\n' .. queue .. '\n' .. payload)
    return entry or true
  end

  -- Without effect, and refused where `unblock` would be: before a job is copied from there to
  -- another place.
  function made.may_unblock()
    redis.call('ZREM', BLOCKED, '')
    redis.call('HDEL', WAITING, '')
  end

  -- Forgets that a job is blocked. Its own state is the caller's to set.
  function made.unblock(jid)
    local prereqs = PREFIX .. 'mandate:prereqs:' .. jid
    for _, prereq in ipairs(redis.call('SMEMBERS', prereqs)) do
      redis.call('ZREM', PREFIX .. 'mandate:dependents:' .. prereq, jid)
      if string.byte(prereq) == 10 then
        redis.call('HDEL', IN_LINE, jid)
        holds().after_line(prereq)
      end
    end
    redis.call('DEL', prereqs)
    redis.call('ZREM', BLOCKED, jid)
    redis.call('HDEL', WAITING, jid)
  end

  -- at, failure, queue, payload and priority of a blocked job.
  function made.waiting(jid)
    local value = redis.call('HGET', WAITING, jid)
    if value then
      local at, failure, priority, queue, payload = string.match(value, '^(.-)\n(%a*)/?([^\n]*)\n(.-)\n(.*)$')
      return at, failure, queue, payload, priority
    end
  end

  return made
end

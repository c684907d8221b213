-- Batches: jobs that are counted together (adapters/batches.ts). Which one counts a job stands behind
-- the letter of its state, once: "q-ID", or "q+ID" once a run of it has failed. That alone decides;
-- the counts in the batch's hash change in the step in which it changes.
--
-- Fields of that hash: text, parent, keep (seconds), created, open (until when; absent once it is
-- closed), total, pending (jobs that are not over, dead ones included), untried, dead, children;
-- incomplete, cancelled, complete, death, success and end, each there once it is so, the last five
-- with the time. What waits for one of its events waits for "batch:ID:EVENT" as for a job.
--
-- When a batch is to be looked at because of the time is in FREE_AT, as "B\nID".
local counted
local function any_counted()
  if counted == nil then
    counted = redis.call('EXISTS', COUNTED) == 1
  end
  return counted
end

local made_batches
local function batches()
  if made_batches then
    return made_batches
  end
  local made = {}
  made_batches = made

  local function batch_key(id)
    return PREFIX .. 'mandate:batch:' .. id
  end

  local function children_key(id)
    return PREFIX .. 'mandate:batch-children:' .. id
  end

  local function untried_key(id)
    return PREFIX .. 'mandate:batch-untried:' .. id
  end

  local function seconds_of(time)
    return string.format('%.6f', time)
  end

-- One that has come is on the freed list though nobody waits for it: whoever takes it from there tells
-- of it. A channel of the batch's key tells of its completion.
  local function tell(id, event, fate)
    local prereq = 'batch:' .. id .. ':' .. event
    if not free_dependents(prereq, fate) and fate == 'f' then
      redis.call('RPUSH', FREED, redis.call('INCR', SEQUENCE) .. ' f ' .. prereq)
    end
    if event == 'complete' then
      redis.pcall('PUBLISH', batch_key(id), '')
    end
  end

-- The letter, the mark and the id in a job's state.
  local function parsed(state)
    return string.match(state or '', '^(%a)([-+])(%w+)')
  end

  local function look_at(id, time)
    if time then
      redis.call('ZADD', FREE_AT, seconds_of(time), 'B\n' .. id)
    else
      redis.call('ZREM', FREE_AT, 'B\n' .. id)
    end
  end

  local function child_ended(key, parent, id)
    if parent and redis.call('SREM', key(parent), id) == 1 then
      made.check(parent)
    end
  end

-- What follows from the counts of a batch, each thing once.
  function made.check(id)
    local key = batch_key(id)
    local found = redis.call('HMGET', key, 'keep', 'open', 'pending', 'untried', 'dead', 'complete', 'end', 'parent', 'incomplete', 'cancelled', 'death')
    if not found[1] then
      return
    end
    local keep, pending, untried, dead = tonumber(found[1]), tonumber(found[3]), tonumber(found[4]), tonumber(found[5])
    local is_open, parent = found[2], found[8]
    if not is_open and not found[6] and untried == 0 and redis.call('EXISTS', untried_key(id)) == 0 then
      redis.call('HSET', key, 'complete', seconds_of(NOW))
      tell(id, 'complete', 'f')
      child_ended(untried_key, parent, id)
    end
    local has_children = pending == dead and redis.call('EXISTS', children_key(id)) == 1
    if not is_open and not found[7] and pending == 0 and not has_children then
      local is_success = not found[9] and not found[10]
      redis.call('HSET', key, 'end', seconds_of(NOW))
      if is_success then
        redis.call('HSET', key, 'success', seconds_of(NOW))
      end
      redis.call('SREM', COUNTED, id)
      redis.call('ZREM', CANCELLED, 'batch:' .. id)
      tell(id, 'success', is_success and 'f' or 'c')
      if not found[11] then
        tell(id, 'death', 'c')
      end
      child_ended(children_key, parent, id)
    end
    if not is_open then
      -- What is left of it is dead, or nothing: it is known as long as was asked for.
      look_at(id, pending == dead and not has_children and NOW + keep)
    end
  end

-- Whether a job may come to it.
  function made.takes(id)
    local keep, ended, cancelled = unpack(redis.call('HMGET', batch_key(id), 'keep', 'end', 'cancelled'))
    return keep and not ended and not cancelled
  end

-- So many jobs came to it, whose states say so.
  function made.came(id, count)
    local key = batch_key(id)
    redis.call('SADD', COUNTED, id)
    counted = true
    for _, field in ipairs({ 'total', 'pending', 'untried' }) do
      redis.call('HINCRBY', key, field, count)
    end
    if redis.call('HEXISTS', key, 'open') == 0 then
      look_at(id)
    end
  end

-- A job that came did not come after all.
  function made.undo(jid)
    local _, _, id = parsed(redis.call('HGET', JOBS, jid))
    if id and redis.call('EXISTS', batch_key(id)) == 1 then
      for _, field in ipairs({ 'total', 'pending', 'untried' }) do
        redis.call('HINCRBY', batch_key(id), field, -1)
      end
    end
  end

  local function died(id)
    while id and redis.call('EXISTS', batch_key(id)) == 1 and redis.call('HSETNX', batch_key(id), 'death', seconds_of(NOW)) == 1 do
      tell(id, 'death', 'f')
      id = redis.call('HGET', batch_key(id), 'parent')
    end
  end

-- What stands behind the new letter of a job's state, whose counts this changes.
  function made.state(jid, letter)
    local before, mark, id = parsed(redis.call('HGET', JOBS, jid))
    if not id or redis.call('EXISTS', batch_key(id)) == 0 then
      return letter
    end
    local key, is_tried = batch_key(id), mark == '-' and (letter == 'r' or letter == 'd')
    if is_tried then
      redis.call('HINCRBY', key, 'untried', -1)
    end
    if letter == 'd' and before ~= 'd' then
      redis.call('HINCRBY', key, 'dead', 1)
      died(id)
    elseif letter ~= 'd' and before == 'd' then
      redis.call('HINCRBY', key, 'dead', -1)
    end
    if is_tried or letter ~= before and (letter == 'd' or before == 'd') then
      made.check(id)
    end
    return letter .. (is_tried and '+' or mark) .. id
  end

-- Jobs are over, and their states are forgotten. One that was dead was no success: it is counted on.
  function made.leave(jids, first, last)
    local seen, left, ids = {}, {}, {}
    for from = first or 1, last or #jids, 1000 do
      local stop = math.min(from + 999, last or #jids)
      -- Most have the same state.
      for _, state in ipairs(redis.call('HMGET', JOBS, unpack(jids, from, stop))) do
        seen[state] = (seen[state] or 0) + 1
      end
      redis.call('HDEL', JOBS, unpack(jids, from, stop))
    end
    for state, count in pairs(seen) do
      local letter, mark, id = parsed(state)
      if id and letter ~= 'd' then
        if not left[id] then
          left[id] = { 0, 0 }
          ids[#ids + 1] = id
        end
        left[id][1] = left[id][1] + count
        left[id][2] = left[id][2] + (mark == '-' and count or 0)
      end
    end
    for _, id in ipairs(ids) do
      local key = batch_key(id)
      if redis.call('EXISTS', key) == 1 then
        redis.call('HINCRBY', key, 'pending', -left[id][1])
        if left[id][2] > 0 then
          redis.call('HINCRBY', key, 'untried', -left[id][2])
        end
        made.check(id)
      end
    end
  end

-- A run of a job has failed: the first time that is kept of some.
  function made.note_failure(jid, payload)
    local _, mark, id = parsed(redis.call('HGET', JOBS, jid))
    local failures = id and PREFIX .. 'mandate:batch-failures:' .. id
    if mark ~= '-' or redis.call('EXISTS', batch_key(id)) == 0 or redis.call('LLEN', failures) >= 100 then
      return
    end
    local is_read, record = pcall(cjson.decode, payload)
    record = is_read and type(record) == 'table' and record or {}
    local function text_in(field)
      return type(record[field]) == 'string' and record[field] or nil
    end
    redis.call('RPUSH', failures, cjson.encode({ jid, text_in('error_class') or 'Error', text_in('error_message') or '' }))
  end

  function made.is_cancelled(jid)
    local _, _, id = parsed(redis.call('HGET', JOBS, jid))
    return id and redis.call('HEXISTS', batch_key(id), 'cancelled') == 1
  end

-- Whether what waits for an event of a batch waits on.
  function made.is_awaited(prereq)
    local id, event = string.match(prereq, '^batch:(%w+):(%a+)$')
    if not id or redis.call('EXISTS', batch_key(id)) == 0 then
      return false
    end
    if redis.call('HEXISTS', batch_key(id), event) == 1 then
      return false
    end
    return event == 'complete' or redis.call('HEXISTS', batch_key(id), 'end') == 0
  end

-- Whether an event of a batch cannot come any more.
  function made.is_missed(prereq)
    local id, event = string.match(prereq, '^batch:(%w+):(%a+)$')
    if not id then
      return false
    end
    local ended, happened, keep = unpack(redis.call('HMGET', batch_key(id), 'end', event, 'keep'))
    return not happened and (ended or not keep)
  end

  function made.open(id, text, seconds, keep, parent)
    local key = batch_key(id)
    if redis.call('EXISTS', key) == 0 then
      if parent ~= '' and not made.takes(parent) then
        return false
      end
      local now, until_then = seconds_of(NOW), NOW + seconds
      redis.call(
        'HSET', key, 'text', text, 'keep', keep, 'created', now, 'open', seconds_of(until_then),
        'total', 0, 'pending', 0, 'untried', 0, 'dead', 0, 'children', 0
      )
      redis.call('ZADD', BATCHES, now, id)
      look_at(id, until_then)
      if parent ~= '' then
        redis.call('HSET', key, 'parent', parent)
        redis.call('HINCRBY', batch_key(parent), 'children', 1)
        redis.call('SADD', children_key(parent), id)
        redis.call('SADD', untried_key(parent), id)
        if redis.call('HEXISTS', batch_key(parent), 'open') == 0 then
          look_at(parent)
        end
      end
    end
    return true
  end

  function made.renew(id, seconds)
    if redis.call('HEXISTS', batch_key(id), 'open') == 0 then
      return false
    end
    redis.call('HSET', batch_key(id), 'open', seconds_of(NOW + seconds))
    look_at(id, NOW + seconds)
    return true
  end

  function made.close(id, is_incomplete)
    if redis.call('HDEL', batch_key(id), 'open') == 0 then
      return false
    end
    if is_incomplete then
      redis.call('HSET', batch_key(id), 'incomplete', 1)
    end
    made.check(id)
    return true
  end

-- Cancels it, and those in it. Answers with the ids of all that are, and are not over.
  function made.cancel(id, most)
    local cancelled, open = {}, { id }
    local at = 1
    while open[at] do
      local each = open[at]
      at = at + 1
      local keep, ended, before = unpack(redis.call('HMGET', batch_key(each), 'keep', 'end', 'cancelled'))
      if keep and not ended then
        if not before then
          redis.call('HSET', batch_key(each), 'cancelled', seconds_of(NOW))
          redis.call('HDEL', batch_key(each), 'open')
          redis.call('ZADD', CANCELLED, seconds_of(NOW + most), 'batch:' .. each)
        end
        cancelled[#cancelled + 1] = each
        for _, child in ipairs(redis.call('SMEMBERS', children_key(each))) do
          open[#open + 1] = child
        end
      end
    end
    for place = #cancelled, 1, -1 do
      made.check(cancelled[place])
    end
    return cancelled
  end

  local function forget(id)
    local parent = redis.call('HGET', batch_key(id), 'parent')
    for _, event in ipairs({ 'complete', 'success', 'death' }) do
      tell(id, event, 'c')
    end
    redis.call(
      'DEL', batch_key(id), children_key(id), untried_key(id),
      PREFIX .. 'mandate:batch-failures:' .. id, PREFIX .. 'mandate:batch-notes:' .. id
    )
    redis.call('ZREM', BATCHES, id)
    redis.call('SREM', COUNTED, id)
    redis.call('ZREM', CANCELLED, 'batch:' .. id)
    child_ended(untried_key, parent, id)
    child_ended(children_key, parent, id)
  end

-- The time has come to look at it: nobody keeps it open any more, or it is over for long.
  function made.come_due(id)
    redis.call('ZREM', FREE_AT, 'B\n' .. id)
    if not made.close(id, true) then
      forget(id)
    end
  end

-- What is known of it; nothing where it is not known.
  function made.known(id)
    local key = batch_key(id)
    if redis.call('EXISTS', key) == 0 then
      return {}
    end
    return { id, redis.call('HGETALL', key), redis.call('SCARD', children_key(id)), redis.call('LRANGE', PREFIX .. 'mandate:batch-failures:' .. id, 0, -1) }
  end

  return made
end

-- What is written as a job's state, of which so many batches may have to know.
local function state_of(jid, letter)
  return any_counted() and batches().state(jid, letter) or letter
end

local function note_failure(jid, payload)
  if any_counted() then
    batches().note_failure(jid, payload)
  end
end

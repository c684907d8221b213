-- Declares the keys that a job comes with. Answers with a hold that keeps it from being accepted,
-- and who has that.
function made.refusal(row)
  for at = 2, #row do
    local hold = row[at]
    if letter(hold, 1) == 'f' or hold[3] ~= 1 or limit(hold) ~= 1 then
      made.declare(hold)
    end
  end
  for at = 2, #row do
    local hold = row[at]
    if letter(hold, 1) == 'e' and letter(hold, 3) == 'r' and (made.free_at(hold) or made.is_waited_for(hold[1])) then
      local holder = made.holder_of(hold[1])
      for other = 2, #row do
        after_leaving(row[other][1])
      end
      return hold, holder
    end
  end
end

-- What an accepted job that is parked waits for: a prerequisite of its own kind.
local function line_of(hold)
  return '\n' .. letter(hold, 4) .. hold[1]
end

local function waits(hold)
  local kind = letter(hold, 4)
  if kind == 'e' then
    expire(hold[1])
    return redis.call('EXISTS', held_key(hold[1])) == 1
  elseif kind == 'd' then
    return tonumber(redis.call('HGET', KEYS_KNOWN, 'd' .. hold[1]) or 0) == 0
  end
  return made.free_at(hold)
end

-- Takes what a job has to have to be accepted. Where it has to wait for one it takes none of those
-- that park: answers with what it waits for then.
local function take_parking(jid, row, comes)
  for at = 2, #row do
    local hold = row[at]
    if letter(hold, 1) == 'e' and letter(hold, 3) ~= 'r' and not made.is_held_by(jid, hold[1]) then
      local line = PREFIX .. 'mandate:dependents:' .. line_of(hold)
      local free = waits(hold) or comes and letter(hold, 4) == 'f' and redis.call('EXISTS', line) == 1 and NOW
      if free then
        return hold, free
      end
    end
  end
  for at = 2, #row do
    local hold = row[at]
    if letter(hold, 1) == 'e' and letter(hold, 3) ~= 'r' and letter(hold, 4) == 'f' and not made.is_held_by(jid, hold[1]) then
      made.take(jid, hold)
    end
  end
end

-- Stands in line for a key, whose name as a prerequisite is the answer.
local function stand(hold, free)
  local kind, key = letter(hold, 4), hold[1]
  is_awaited(key)
  redis.call('ZADD', HELD, 0, key)
  redis.call('SADD', lines_key(key), kind)
  if free ~= true and free <= NOW then
    redis.call('ZADD', made.ready_key(''), 'NX', microseconds(NOW), kind .. key)
  elseif free ~= true and free < math.huge then
    redis.call('ZADD', FREE_AT, 'LT', microseconds(free), kind .. '\n' .. key)
  end
  return line_of(hold)
end

-- Keeps a job's holds, once `keep_accepted` is called, and takes those that it is to have from now
-- on. Answers with a prerequisite where it has to wait for one.
function made.accept(jid, text, row)
  local count = #kept
  kept[count + 1], kept[count + 2] = jid, text
  any, rows[jid] = true, row
  if not row.is_from_enqueue then
    return false
  end
  for at = 2, #row do
    if letter(row[at], 1) == 'e' and letter(row[at], 3) == 'r' then
      made.take(jid, row[at])
    end
  end
  local hold, free = take_parking(jid, row, true)
  if not hold then
    return false
  end
  local line = stand(hold, free)
  made.comes(jid, line)
  return line
end

-- The key that a blocked job stands in line for.
function made.note_line(jid, line)
  redis.call('HSET', IN_LINE, jid, string.sub(line, 3))
end

-- The line of a blocked job is empty, perhaps.
function made.after_line(prereq)
  local kind, key = string.sub(prereq, 2, 2), string.sub(prereq, 3)
  if redis.call('EXISTS', PREFIX .. 'mandate:dependents:' .. prereq) == 0 then
    is_awaited(key)
    redis.call('SREM', lines_key(key), kind)
    redis.call('ZREM', made.ready_key(''), kind .. key)
    redis.call('ZREM', FREE_AT, kind .. '\n' .. key)
    after_leaving(key)
  end
end

-- The next blocked job whose key is free, with all that it has to have from the enqueueing: its
-- jid, and the prerequisite that it waits for no more. `looks` counts what was looked at.
function made.next_free(looks)
  while looks.left > 0 do
    looks.left = looks.left - 1
    local line = redis.call('ZRANGEBYSCORE', made.ready_key(''), '-inf', microseconds(NOW), 'LIMIT', 0, 1)[1]
    if not line then
      return
    end
    local prereq = '\n' .. line
    local jid = redis.call('ZRANGE', PREFIX .. 'mandate:dependents:' .. prereq, 0, 0)[1]
    local row = jid and made.row(jid)
    if not jid then
      redis.call('ZREM', made.ready_key(''), line)
    else
      local hold, free
      if row then
        hold, free = take_parking(jid, row)
      end
      if not hold then
        return jid, prereq
      elseif line_of(hold) == prereq then
        redis.call('ZREM', made.ready_key(''), line)
        if free ~= true and free < math.huge then
          redis.call('ZADD', FREE_AT, microseconds(free), string.sub(line, 1, 1) .. '\n' .. hold[1])
        end
      else
        -- It goes to the line of the next that is full.
        local other = stand(hold, free)
        local number = redis.call('INCR', SEQUENCE)
        redis.call('SADD', PREFIX .. 'mandate:prereqs:' .. jid, other)
        made.note_line(jid, other)
        redis.call('ZADD', PREFIX .. 'mandate:dependents:' .. other, number, jid)
        redis.call('ZREM', PREFIX .. 'mandate:dependents:' .. prereq, jid)
        redis.call('SREM', PREFIX .. 'mandate:prereqs:' .. jid, prereq)
        made.after_line(prereq)
      end
    end
  end
end

function made.take(holder, hold, count)
  local key, _, tokens, seconds, burst = hold[1], limit(hold)
  if tokens > 0 then
    spend(key, count or 1, tokens, seconds, burst)
  end
  if hold[5] > 0 then
    if letter(hold, 1) == 'c' then
      -- No job names the key, by which it would be forgotten.
      local over = redis.call('PTTL', rate_key(key)) / 1000
      redis.call('ZADD', EXPIRING, 'GT', microseconds(NOW + math.max(over, 0) + 60), key)
    end
    return
  end
  note_key(key)
  -- First, where Redis may refuse it: a turn that nobody has would never be free.
  if not new[key] then
    redis.call('HINCRBY', KEYS_KNOWN, 't' .. key, 1)
  end
  if redis.call('ZADD', held_key(key), SINCE, holder) == 1 then
    counts[key] = counts[key] and counts[key] + 1
    if new[key] then
      new[key] = new[key] + 1
    end
  elseif not new[key] then
    redis.call('HINCRBY', KEYS_KNOWN, 't' .. key, -1)
  end
  if hold[4] > 0 then
    any_expiring = true
    local until_then = NOW + hold[4]
    redis.call('ZADD', until_key(key), microseconds(until_then), holder)
    redis.call('ZADD', EXPIRING, 'GT', microseconds(until_then), key)
    for _, line in ipairs(redis.call('SMEMBERS', lines_key(key))) do
      redis.call('ZADD', FREE_AT, 'LT', microseconds(until_then), line .. '\n' .. key)
    end
  end
end

-- As `take`, of many for whom there is room, and for no time.
function made.take_all(holders, key)
  note_key(key)
  local members = {}
  for at, holder in ipairs(holders) do
    members[2 * at - 1], members[2 * at] = SINCE, holder
  end
  redis.call('HINCRBY', KEYS_KNOWN, 't' .. key, #holders)
  local added = in_parts('ZADD', held_key(key), members)
  counts[key] = counts[key] and counts[key] + added
  if added < #holders then
    redis.call('HINCRBY', KEYS_KNOWN, 't' .. key, added - #holders)
  end
end

function made.give_back(holder, key)
  if not is_alone(key) then
    if not redis.call('ZSCORE', held_key(key), holder) then
      return false
    end
    made.tell(key)
  end
  if not leaving then
    count_of(key)
  end
  if redis.call('ZREM', held_key(key), holder) == 0 then
    return false
  end
  counts[key] = counts[key] and counts[key] - 1
  if may_expire() then
    redis.call('ZREM', until_key(key), holder)
  end
  after_leaving(key)
  return true
end

-- As `give_back`, of many.
function made.give_back_all(holders, key)
  if not is_alone(key) then
    for _, holder in ipairs(holders) do
      made.give_back(holder, key)
    end
  else
    local left = in_parts('ZREM', held_key(key), holders)
    counts[key] = counts[key] and counts[key] - left
    if may_expire() then
      in_parts('ZREM', until_key(key), holders)
    end
  end
  after_leaving(key)
end

-- Tokens that were not needed; below 0, that were needed besides.
function made.return_tokens(hold, count)
  local _, tokens, seconds, burst = limit(hold)
  if tokens > 0 and (count < 0 or redis.call('EXISTS', rate_key(hold[1])) == 1) then
    made.tell(hold[1])
    spend(hold[1], -count, tokens, seconds, burst)
    return true
  end
  return false
end

function made.is_held_by(holder, key)
  return redis.call('ZSCORE', held_key(key), holder) and true
end

-- Whether others wait for a key that may be taken.
function made.is_waited_for(key)
  return not is_alone(key) and redis.call('EXISTS', lines_key(key)) == 1
end

-- Who holds a key longest, or is the first in line.
function made.holder_of(key)
  return redis.call('ZRANGE', held_key(key), 0, 0)[1] or redis.call('ZRANGE', PREFIX .. 'mandate:dependents:\nf' .. key, 0, 0)[1] or ''
end

-- How often a key may be held, tokens, their seconds and burst; how many hold it, wait for it, took
-- it since it was free, and are dead; how many tokens it has. Nothing where it is not known.
function made.state(key)
  made.unfold(key)
  expire(key)
  if not redis.call('ZSCORE', HELD, key) then
    return {}
  end
  local to, tokens, seconds, burst = limit({ key, '', 1, 0, 0, 0, 0 })
  local waiting = 0
  for _, line in ipairs(redis.call('SMEMBERS', lines_key(key))) do
    local first, queue = string.sub(line, 1, 1), string.sub(line, 2)
    local name = first == 'q' and line_key(queue, key) or PREFIX .. 'mandate:dependents:\n' .. first .. key
    waiting = waiting + redis.call('ZCARD', name)
  end
  local taken, dead = unpack(redis.call('HMGET', KEYS_KNOWN, 't' .. key, 'd' .. key))
  local held = redis.call('ZCARD', held_key(key))
  local numbers = { key, tostring(to), tostring(tokens), tostring(seconds), tostring(burst) }
  for _, count in ipairs({ held, waiting, tonumber(taken or 0), tonumber(dead or 0) }) do
    numbers[#numbers + 1] = count
  end
  numbers[#numbers + 1] = tokens > 0 and tostring(tokens_left(key, tokens, seconds, burst)) or ''
  return numbers
end

-- Keys whose time has come may be free.
function made.come_due(most)
  local due = redis.call('ZRANGEBYSCORE', FREE_AT, '-inf', microseconds(NOW), 'LIMIT', 0, most)
  for _, member in ipairs(due) do
    local first, queue, key = string.match(member, '^(.)(.-)\n(.*)$')
    if first == 'B' then
      batches().come_due(key)
    else
      redis.call('ZADD', made.ready_key(queue), 'NX', microseconds(NOW), first == 'q' and key or first .. key)
      redis.call('ZREM', FREE_AT, member)
    end
  end
  return #due
end

-- Nothing is left of keys whose holders' time is over, though nobody asks for them.
function made.forget_expired(most)
  for _, key in ipairs(redis.call('ZRANGEBYSCORE', EXPIRING, '-inf', microseconds(NOW), 'LIMIT', 0, most)) do
    expire(key)
    if redis.call('EXISTS', until_key(key)) == 0 then
      redis.call('ZREM', EXPIRING, key)
      after_leaving(key)
    end
  end
end

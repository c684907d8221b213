-- Of keys that were looked at.
local limits = {}

-- What is known of keys in this step: how many hold them, whether nobody waits for them, and that
-- they are noted, or that nothing is left of them. And of queues' lines whether they are there.
local counts, are_alone, noted, lined, spent_until = {}, {}, {}, {}, {}

-- Somebody may wait for the key from now on.
local function is_awaited(key)
  are_alone[key], noted[key] = nil, nil
end

-- Notes that there is such a key.
local function note_key(key)
  if noted[key] ~= true then
    redis.call('ZADD', HELD, 0, key)
    noted[key] = true
  end
end

local function count_of(key)
  counts[key] = counts[key] or redis.call('ZCARD', held_key(key))
  return counts[key]
end

-- Whether jobs of the queue are parked for the key. For none where nothing of it is.
local function has_line(queue, key)
  local parked = made.parked_key(queue)
  if lined[parked] == nil then
    lined[parked] = redis.call('EXISTS', parked) == 1
  end
  local line = line_key(queue, key)
  if lined[parked] and lined[line] == nil then
    lined[line] = redis.call('EXISTS', line) == 1
  end
  return lined[parked] and lined[line]
end

local any_expiring
local function may_expire()
  if any_expiring == nil then
    any_expiring = redis.call('EXISTS', EXPIRING) == 1
  end
  return any_expiring
end

-- What was told.
made.told = {}

-- Notes that a key is free, or may be, in `told` as well.
function made.tell(key)
  for _, line in ipairs(redis.call('SMEMBERS', lines_key(key))) do
    local first, queue = string.sub(line, 1, 1), string.sub(line, 2)
    local member = first == 'q' and key or first .. key
    redis.call('ZADD', made.ready_key(queue), 'NX', microseconds(NOW), member)
    made.told[#made.told + 1] = made.ready_key(queue)
  end
end

-- To be called where somebody has left a key, or its line: nothing is kept of one that nobody holds
-- or waits for, but for a limit that was set by itself.
local function after_leaving(key)
  if noted[key] == false or (counts[key] or 0) > 0 then
    return
  end
  local is_left = counts[key] == 0 and are_alone[key]
  if is_left or redis.call('EXISTS', held_key(key), lines_key(key)) == 0 then
    if may_expire() then
      redis.call('ZREM', EXPIRING, key)
    end
    local text = redis.call('HGET', KEYS_KNOWN, 'l' .. key)
    if not text or string.sub(text, -1) ~= '!' then
      redis.call('HDEL', KEYS_KNOWN, 't' .. key, 'd' .. key, 'l' .. key)
      redis.call('ZREM', HELD, key)
      limits[key] = nil
    else
      redis.call('HDEL', KEYS_KNOWN, 't' .. key, 'd' .. key)
    end
    noted[key] = false
  end
end

function made.after_limit(key)
  after_leaving(key)
end

local function limit(hold)
  local text = limits[hold[1]]
  if text == nil then
    text = redis.call('HGET', KEYS_KNOWN, 'l' .. hold[1])
    limits[hold[1]] = text
  end
  if not text then
    return hold[3], hold[5], hold[6], hold[7]
  end
  local to, tokens, seconds, burst = string.match(text, '^(%S+) (%S+) (%S+) (%S+)')
  return tonumber(to), tonumber(tokens), tonumber(seconds), tonumber(burst)
end

-- Those whose time is over hold a key no more.
local function expire(key)
  if not may_expire() then
    return
  end
  local over = redis.call('ZRANGEBYSCORE', until_key(key), '-inf', microseconds(NOW), 'LIMIT', 0, 1000)
  if #over > 0 then
    made.tell(key)
    redis.call('ZREM', held_key(key), unpack(over))
    redis.call('ZREM', until_key(key), unpack(over))
    counts[key] = nil
    after_leaving(key)
  end
end

-- When all tokens of a key will be there again.
local function spent_of(key)
  spent_until[key] = spent_until[key] or tonumber(redis.call('GET', rate_key(key)) or 0)
  return spent_until[key]
end

-- Microseconds are what times are kept in.
local SLACK = 0.000002

-- When a key is free for another: nothing where it is; math.huge where nobody knows.
function made.free_at(hold, count)
  local key = hold[1]
  local to, tokens, seconds, burst = limit(hold)
  if to >= 0 then
    expire(key)
    if count_of(key) >= to then
      return tonumber(redis.call('ZRANGE', until_key(key), 0, 0, 'WITHSCORES')[2] or math.huge)
    end
  end
  if tokens > 0 then
    local each = seconds / tokens
    local at = math.max(spent_of(key), NOW) + (count or 1) * each - burst * each
    return at > NOW + SLACK and at or nil
  end
end

-- A rate is one time: when all tokens will be there again (GCRA).
local function spend(key, each, count)
  local at = math.max(spent_of(key), NOW) + count * each
  spent_until[key] = at
  if at > NOW then
    redis.call('SET', rate_key(key), microseconds(at), 'PX', string.format('%d', math.ceil((at - NOW) * 1000)))
  else
    redis.call('DEL', rate_key(key))
  end
end

-- The latest declaration of a key counts, whoever made it.
function made.declare(hold, mark)
  local key, text = hold[1], table.concat({ hold[3], hold[5], hold[6], hold[7], mark or '' }, ' ')
  if limits[key] ~= text then
    local _, tokens, seconds = limit(hold)
    noted[key] = nil
    note_key(key)
    if redis.call('HSET', KEYS_KNOWN, 'l' .. key, text) == 0 then
      made.tell(key)
    end
    limits[key] = text
    -- As many tokens are spent as were.
    local spent = tokens > 0 and redis.call('GET', rate_key(key))
    if spent and hold[5] > 0 then
      local count = (tonumber(spent) - NOW) * tokens / seconds
      redis.call('DEL', rate_key(key))
      spent_until[key] = 0
      spend(key, hold[6] / hold[5], math.min(count, hold[7]))
    end
  end
end

-- Of keys that were looked at.
local limits = {}

-- What is known of keys in this step: how many hold them, whether nobody waits for them, and that
-- they are noted, or that nothing is left of them. And of queues' lines whether they are there.
local counts, are_alone, noted, lined, spent_until = {}, {}, {}, {}, {}

-- Whether anybody waits for any key: as a rule nobody does.
local any_waiting
local function anybody_waits()
  if any_waiting == nil then
    any_waiting = redis.call('EXISTS', PARKING, IN_LINE) > 0
      or redis.call('HEXISTS', HOLDS, '\nqueues') == 1
  end
  return any_waiting
end

local function is_alone(key)
  if are_alone[key] == nil then
    are_alone[key] = not anybody_waits() or redis.call('EXISTS', lines_key(key)) == 0
  end
  return are_alone[key]
end

-- Somebody may wait for the key from now on.
local function is_awaited(key)
  are_alone[key], noted[key], any_waiting = nil, nil, true
end

-- Keys that nobody holds, waits for or has limited, of those that were asked for together; and those
-- of them that are to be noted, with how often they were taken: `keep_new` writes that.
local unknown, new = {}, {}

function made.expect(keys)
  for from = 1, #keys, 1000 do
    local last = math.min(from + 999, #keys)
    local locks = any_lock() and redis.call('HMGET', LOCKS, unpack(keys, from, last)) or {}
    for offset, score in ipairs(redis.call('ZMSCORE', HELD, unpack(keys, from, last))) do
      local key = keys[from + offset - 1]
      if not score and not locks[offset] then
        unknown[key], limits[key], counts[key], are_alone[key] = true, false, 0, true
      end
    end
  end
end

function made.keep_new()
  for from = 1, #new, 1000 do
    local names, taken = {}, {}
    for at = from, math.min(from + 999, #new) do
      local key = new[at]
      if new[key] then
        names[#names + 1], names[#names + 2] = 0, key
      end
      if (new[key] or 0) > 0 then
        taken[#taken + 1], taken[#taken + 2] = 't' .. key, new[key]
      end
    end
    if #names > 0 then
      redis.call('ZADD', HELD, unpack(names))
    end
    if #taken > 0 then
      redis.call('HSET', KEYS_KNOWN, unpack(taken))
    end
  end
  new = {}
end

-- Notes that there is such a key.
local function note_key(key)
  if unknown[key] then
    unknown[key], noted[key] = nil, true
    new[#new + 1], new[key] = key, 0
  elseif noted[key] ~= true then
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

-- Keys that were left, and whether each is among them, while many leave together.
local leaving

-- To be called where somebody has left a key, or its line: nothing is kept of one that nobody holds
-- or waits for, but for a limit that was set by itself.
local function after_leaving(key)
  if noted[key] == false or (counts[key] or 0) > 0 then
    return
  end
  if leaving then
    if not leaving[key] then
      leaving[key], leaving[#leaving + 1] = true, key
    end
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
      limits[key], new[key] = nil, nil
    else
      redis.call('HDEL', KEYS_KNOWN, 't' .. key, 'd' .. key)
    end
    noted[key] = false
  end
end

-- As after_leaving, of many: as a rule nobody holds any of them, nor waits for it.
local function forget_left(keys, first, last)
  local names, limited, is_any_left = {}, {}, false
  for at = first, last do
    names[#names + 1], limited[#limited + 1] = held_key(keys[at]), 'l' .. keys[at]
    is_any_left = is_any_left or not is_alone(keys[at])
  end
  is_any_left = is_any_left or redis.call('EXISTS', unpack(names)) > 0
  for _, text in ipairs(is_any_left and {} or redis.call('HMGET', KEYS_KNOWN, unpack(limited))) do
    is_any_left = is_any_left or text and string.sub(text, -1) == '!'
  end
  if is_any_left then
    for at = first, last do
      after_leaving(keys[at])
    end
    return
  end
  local fields = {}
  for at = first, last do
    local key = keys[at]
    for _, first_letter in ipairs({ 't', 'd', 'l' }) do
      fields[#fields + 1] = first_letter .. key
    end
    limits[key], noted[key], counts[key] = nil, false, 0
  end
  redis.call('HDEL', KEYS_KNOWN, unpack(fields))
  redis.call('ZREM', HELD, unpack(keys, first, last))
  if may_expire() then
    redis.call('ZREM', EXPIRING, unpack(keys, first, last))
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

-- From where tokens are counted that are spent, where there is no burst: from where the window
-- began, by the clock; and how many, of which parts are none.
local function in_window(spent, tokens, seconds)
  local since = math.floor((NOW + SLACK) / seconds) * seconds
  return since, math.floor(math.max(spent - since, 0) * tokens / seconds + 0.5)
end

-- How many tokens there are.
local function tokens_left(key, tokens, seconds, burst)
  if burst < 0 then
    local _, used = in_window(spent_of(key), tokens, seconds)
    return tokens - used
  end
  return burst - math.max(spent_of(key) - NOW, 0) * tokens / seconds
end

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
    if burst < 0 then
      local since = in_window(0, tokens, seconds)
      return tokens_left(key, tokens, seconds, burst) < (count or 1) and since + seconds or nil
    end
    local at = math.max(spent_of(key), NOW) + (count or 1) * each - burst * each
    return at > NOW + SLACK and at or nil
  end
end

-- A rate is one time: when all tokens will be there again (GCRA). Without a burst, as if that began
-- with the window, at whose end it is forgotten.
local function spend(key, count, tokens, seconds, burst)
  local each, at, over = seconds / tokens, nil, nil
  if burst < 0 then
    local since, used = in_window(spent_of(key), tokens, seconds)
    at, over = since + math.max(used + count, 0) * each, since + seconds
  else
    at = math.max(spent_of(key), NOW) + count * each
    over = at
  end
  spent_until[key] = at
  if over > NOW then
    redis.call('SET', rate_key(key), microseconds(at), 'PX', string.format('%d', math.ceil((over - NOW) * 1000)))
  else
    redis.call('DEL', rate_key(key))
  end
end

-- The latest declaration of a key counts, whoever made it.
function made.declare(hold, mark)
  local key, text = hold[1], table.concat({ hold[3], hold[5], hold[6], hold[7], mark or '' }, ' ')
  local _, tokens, seconds, burst = limit(hold)
  if limits[key] ~= text then
    local left = tokens > 0 and hold[5] > 0 and tokens_left(key, tokens, seconds, burst)
    noted[key] = nil
    note_key(key)
    if redis.call('HSET', KEYS_KNOWN, 'l' .. key, text) == 0 then
      made.tell(key)
    end
    limits[key] = text
    -- As many tokens are spent as were.
    if left and redis.call('DEL', rate_key(key)) == 1 then
      spent_until[key] = 0
      spend(key, (burst < 0 and tokens or burst) - left, hold[5], hold[6], hold[7])
    end
  end
end

-- A lock is what a unique job has as a rule: one hold "efrf" of a key that one may have, for no time.
-- As long as nobody asks more of the key, it stands in two hashes and nowhere else: key → since when,
-- in 16 digits, and the jid; and jid → key. Nobody waits for such a key, and none of its jobs is
-- dead. Before anything else is done with one of the two it is written as all others are.
local any, any_locks, looked_at = nil, nil, {}

-- What is kept of jobs, by their jids; false where there is nothing.
local rows = {}

local function any_lock()
  if any_locks == nil then
    any_locks = redis.call('EXISTS', LOCKED) == 1
  end
  return any_locks
end

local function row_of_lock(key)
  return { 0, { key, 'efrf', 1, 0, 0, 0, 0, '' }, is_from_enqueue = true, is_lock = true }
end

-- Without what is known of it besides.
local function text_of(row)
  return cjson.encode({ unpack(row) })
end

function made.unfold(key)
  local lock = not looked_at[key] and any_lock() and redis.call('HGET', LOCKS, key)
  looked_at[key] = true
  if lock then
    local jid = string.sub(lock, 17)
    -- Without effect, and refused where it could not leave.
    redis.call('HDEL', LOCKS, '')
    redis.call('ZADD', HELD, 0, key)
    redis.call('HSET', KEYS_KNOWN, 't' .. key, 1)
    redis.call('ZADD', PREFIX .. 'mandate:hold:' .. key, string.sub(lock, 1, 16), jid)
    redis.call('HSET', HOLDS, jid, text_of(row_of_lock(key)))
    redis.call('HDEL', LOCKS, key)
    redis.call('HDEL', LOCKED, jid)
    any = true
  end
end

local function held_key(key)
  made.unfold(key)
  return PREFIX .. 'mandate:hold:' .. key
end

-- The key that a job has a lock on.
local function locked_key(jid)
  return any_lock() and redis.call('HGET', LOCKED, jid)
end

-- Lets go of a job's lock. Answers whether it had one.
local function unlock(jid)
  local may_have = rows[jid] == nil or rows[jid] and rows[jid].is_lock
  local key = may_have and locked_key(jid)
  if key then
    -- Without effect, and refused where the other could not leave.
    redis.call('HDEL', LOCKED, '')
    redis.call('HDEL', LOCKS, key)
    redis.call('HDEL', LOCKED, jid)
    rows[jid] = false
  end
  return key
end

-- Lets go of the locks of many jobs.
function made.unlock_all(jids, first, last)
  for from = first, last, 1000 do
    local keys, holders, stop = {}, {}, math.min(from + 999, last)
    for offset, key in ipairs(redis.call('HMGET', LOCKED, unpack(jids, from, stop))) do
      if key then
        keys[#keys + 1], holders[#holders + 1] = key, jids[from + offset - 1]
      end
    end
    if #keys > 0 then
      redis.call('HDEL', LOCKED, '')
      redis.call('HDEL', LOCKS, unpack(keys))
      redis.call('HDEL', LOCKED, unpack(holders))
    end
  end
end

-- Who has each of these keys, as many as Lua hands over at once: a jid; false where nobody has; and
-- true where the key is not, or not only, kept here.
function made.lockers(keys)
  if #keys == 0 then
    return keys
  end
  local lockers = any_lock() and redis.call('HMGET', LOCKS, unpack(keys)) or {}
  for at = 1, #keys do
    local lock = lockers[at]
    lockers[at] = lock and string.sub(lock, 17) or false
  end
  for at, is_known in ipairs(redis.call('EXISTS', HELD) == 1 and redis.call('ZMSCORE', HELD, unpack(keys)) or {}) do
    lockers[at] = is_known and true or lockers[at]
  end
  return lockers
end

-- Takes locks for jobs, as many as Lua hands over at once.
function made.lock(jids, keys)
  local by_jid, by_key = {}, {}
  for at = 1, #jids do
    by_jid[2 * at - 1], by_jid[2 * at] = jids[at], keys[at]
    by_key[2 * at - 1], by_key[2 * at] = keys[at], SINCE .. jids[at]
  end
  if #jids > 0 then
    any_locks, looked_at = true, {}
    redis.call('HSET', LOCKED, unpack(by_jid))
    redis.call('HSET', LOCKS, unpack(by_key))
  end
end

-- What a job has to hold that comes with a key to lock: as rows are, and its text.
function made.unlocked(key)
  local row = row_of_lock(key)
  return row, text_of(row)
end

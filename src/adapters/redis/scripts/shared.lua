--[[
  What the other scripts start with: names of keys, and the steps they share. Not a script by itself.

  KEYS     the fixed keys, in the order of keys.ts: of them a script is given those that it names, numbered anew
  ARGV[1]  the prefix of every key, "" by default

  Keys that data names are built from the prefix, and share its hash tag:
  queue:NAME, mandate:lease:IDENTITY, mandate:dependents:JID, mandate:prereqs:JID, mandate:freed:NUMBER,
  mandate:sender:ID:NUMBER, mandate:finished:CLASS, mandate:lane:QUEUE, mandate:serving, mandate:unsorted,
  mandate:hold:KEY, mandate:until:KEY, mandate:rate:KEY, mandate:lines:KEY, mandate:line:QUEUE\nKEY, mandate:ready:QUEUE, mandate:parked:QUEUE,
  mandate:answers:ID:NUMBER, mandate:document:NAME, mandate:stray:DIGEST,
  IDENTITY, IDENTITY:work, IDENTITY:workers and IDENTITY-signals (Sidekiq's).

  A job is never decoded here: its bytes are moved, and at most their end is cut and written anew.
]]
local PREFIX = ARGV[1]
local QUEUES = KEYS[1]
local SCHEDULE = KEYS[2]
local RETRY = KEYS[3]
local DEAD = KEYS[4]
local PAUSED = KEYS[5]
local JOBS = KEYS[6]
local LEASES = KEYS[7]
local WORKERS = KEYS[8]
local BLOCKED = KEYS[9]
local WAITING = KEYS[10]
local FREED = KEYS[11]
local RECOVERIES = KEYS[12]
local SEQUENCE = KEYS[13]
local PROCESSES = KEYS[14]
local FOREIGN = KEYS[15]
local SWEEP = KEYS[16]
local CANCELLED = KEYS[17]
local FINISHED = KEYS[18]
local FINISHED_JOBS = KEYS[19]
local FINISHED_UNTIL = KEYS[20]
local IDLE = KEYS[21]
local ENDS = KEYS[22]
local NAMED = KEYS[23]
local OVER = KEYS[24]
local LANES = KEYS[25]
local HOLDS = KEYS[26]
local HELD = KEYS[27]
local KEYS_KNOWN = KEYS[28]
local PARKED = KEYS[29]
local PARKING = KEYS[30]
local FREE_AT = KEYS[31]
local DOCUMENTS = KEYS[32]
local IN_LINE = KEYS[33]
local HANDED = KEYS[34]
local REPLACEABLE = KEYS[35]
local OVERRIDES = KEYS[36]
local EXPIRING = KEYS[37]

local TIME = redis.call('TIME')
local NOW = tonumber(TIME[1]) + tonumber(TIME[2]) / 1000000
local STAMP = string.format('"enqueued_at":%d.%03d}', TIME[1], math.floor(TIME[2] / 1000))

-- As appendField in payload.ts: an enqueued_at at the very end is replaced, text of no object is left.
local function stamped(payload)
  if string.sub(payload, 1, 1) ~= '{' or string.sub(payload, -1) ~= '}' then
    return payload
  end
  local kept = string.sub(payload, 1, -2)
  local tail = string.sub(payload, -64)
  local at = string.match(tail, '^.*(),"enqueued_at":[-+.%deE]+}$')
  if at then
    kept = string.sub(payload, 1, #payload - #tail + at - 1)
  end
  return kept .. (string.match(kept, '^{%s*$') and '' or ',') .. STAMP
end

local function queue_key(queue)
  return PREFIX .. 'queue:' .. queue
end

local function is_alive(identity)
  local expiry = redis.call('ZSCORE', LEASES, identity)
  return expiry and tonumber(expiry) >= NOW
end

-- Jobs with a priority wait beside their queue's list, in lanes: a sorted set whose score is the priority. A member is a
-- payload behind 17 characters, by which those of one priority are in their order; below 0 they go before the list. What is
-- done with them is made when it is first asked for: a function costs each run of a script, called or not.
local made_lanes
local function lanes()
  if made_lanes then
    return made_lanes
  end
  local made, served = { unsorted = PREFIX .. 'mandate:unsorted', serving = PREFIX .. 'mandate:serving' }, {}
  made_lanes = made

  function made.key(queue)
    return PREFIX .. 'mandate:lane:' .. queue
  end

  function made.payload(member)
    return string.sub(member, 18)
  end

  -- What stands for a worker among those that serve: "=QUEUE\nIDENTITY", or "*PREFIX\nIDENTITY" where a name ends in a star.
  function made.server(name, identity)
    local prefix = string.match(name, '^(.*)%*$')
    return (prefix and '*' .. prefix or '=' .. name) .. '\n' .. identity
  end

  -- Whether a worker of ours takes jobs of a queue: Ruby's do not see what waits beside its list.
  function made.is_served(queue)
    if served[queue] ~= nil then
      return served[queue]
    end
    served[queue] = false
    for _, first in ipairs({ '=' .. queue .. '\n', '*' }) do
      local offset, found = 0, nil
      repeat
        found = redis.call('ZRANGEBYLEX', made.serving, '[' .. first, '(' .. first .. '\255', 'LIMIT', offset, 8)
        for _, member in ipairs(found) do
          local name, identity = string.match(member, '^.(.*)\n(.-)$')
          local is_meant = string.sub(queue, 1, #name) == name and is_alive(identity)
          if is_meant and redis.call('HGET', PREFIX .. identity, 'quiet') ~= 'true' then
            served[queue] = true
            return true
          end
        end
        offset = offset + 8
      until #found < 8
    end
    return false
  end

  -- To the ends of a queue's lanes; `jobs` has priorities and payloads in turns. Answers with the members.
  function made.add(queue, jobs)
    local last = redis.call('INCRBY', SEQUENCE, #jobs / 2)
    local added, members = {}, {}
    for at = 1, #jobs, 2 do
      local member = string.format('B%016.0f', last - (#jobs - at - 1) / 2) .. jobs[at + 1]
      members[#members + 1] = member
      added[at], added[at + 1] = jobs[at], member
    end
    redis.call('SADD', LANES, queue)
    redis.call('ZADD', made.key(queue), unpack(added))
    return members
  end

  function made.put_at_head(queue, priority, payload)
    local position = string.format('A%016.0f', 9007199254740992 - redis.call('INCR', SEQUENCE))
    redis.call('SADD', LANES, queue)
    redis.call('ZADD', made.key(queue), priority, position .. payload)
  end

  -- To be called where jobs have left the lanes. A name too many costs a look.
  function made.after_leaving(queue)
    if redis.call('EXISTS', made.key(queue)) == 0 then
      redis.pcall('SREM', LANES, queue)
    end
  end

  return made
end

-- To the end of a queue: pushed on the left, taken from the right. A job with a priority goes to the end of its lane, where
-- somebody looks there; answers with the member then.
local function push(queue, payload, priority)
  redis.call('SADD', QUEUES, queue)
  if priority and priority ~= '' then
    if lanes().is_served(queue) then
      return lanes().add(queue, { priority, stamped(payload) })[1]
    end
    redis.call('SADD', lanes().unsorted, queue)
  end
  redis.call('LPUSH', queue_key(queue), stamped(payload))
end

-- Whether a batch was accepted before. ARGV[2]: who sends it, and which of the sender's sets of numbers this one is in;
-- ARGV[3]: its number; ARGV[4]: 1 if that set is to be kept for twenty minutes from now; ARGV[5]: a set of which no number is
-- sent again, "" for none.
local function is_repeated()
  local sender = PREFIX .. 'mandate:sender:'
  if redis.call('SADD', sender .. ARGV[2], ARGV[3]) == 0 then
    return true
  end
  if ARGV[4] == '1' then
    redis.call('EXPIRE', sender .. ARGV[2], 1200)
  end
  if ARGV[5] ~= '' then
    redis.call('DEL', sender .. ARGV[5], PREFIX .. 'mandate:answers:' .. ARGV[5])
  end
  return false
end

-- Undoes what was written of a batch that Redis refused half-way: it may be sent again. Answers with the error.
local function not_accepted(failure, jids)
  redis.pcall('SREM', PREFIX .. 'mandate:sender:' .. ARGV[2], ARGV[3])
  for _, jid in ipairs(jids) do
    redis.pcall('HDEL', JOBS, jid)
  end
  return type(failure) == 'table' and failure or redis.error_reply(failure)
end

-- Jobs that Ruby enqueued have no entry, and get none.
local function set_state(jid, state)
  if jid ~= '' and redis.call('HEXISTS', JOBS, jid) == 1 then
    redis.call('HSET', JOBS, jid, state)
  end
end

-- Holds: what a job must have before it goes on (adapters/hold.ts). A job's are kept by its jid, as JSON: [expiry or 0,
-- [key, letters, to, seconds or 0, tokens or 0, their seconds, burst, holder or ""], …]. The letters are four: taken at
-- "e", the enqueueing, "f", the fetch, "q", the fetch from a limited queue, or "c", by the job's code; kept until it is "b", begun, "s", settled, "a", attempted,
-- "f", finished, "o", over, or "t", a time; where it is full, "r", refuse, "p", park, or "x", replace; and what one that is
-- parked at the enqueueing waits for: "f", that the key is free, "e", empty, or "d", a death. `to` is -1 for any number.
-- What takes tokens holds nothing.
--
-- Who holds a key is in a sorted set, by since when, and where that has an end, in another, by until when. What else is known of keys
-- is in one hash, each field a letter and the key: "l", its limit, "t", how often it was taken, "d", how many deaths.
--
-- Over a limit from the fetch a job is parked: it stands in a line of that key and queue, sorted as lanes are, and its bytes are in
-- one hash. Over one from the enqueueing it is blocked, and the key, behind a line break and what it waits for, is a prerequisite of it like
-- others. Where a key may be free that is noted in its queues ("" for what is blocked) before whoever held it leaves: one that is noted
-- and full does no harm, and one that is free and not noted would be waited for in vain.
local made_holds
local function holds()
  if made_holds then
    return made_holds
  end
  local made, rows, limits, any, decoded, kept = { told = {} }, {}, {}, nil, {}, {}
  made_holds = made

  local function held_key(key)
    return PREFIX .. 'mandate:hold:' .. key
  end

  local function until_key(key)
    return PREFIX .. 'mandate:until:' .. key
  end

  local function rate_key(key)
    return PREFIX .. 'mandate:rate:' .. key
  end

  local function lines_key(key)
    return PREFIX .. 'mandate:lines:' .. key
  end

  local function line_key(queue, key)
    return PREFIX .. 'mandate:line:' .. queue .. '\n' .. key
  end

  local function microseconds(time)
    return string.format('%.6f', time)
  end

  local function letter(hold, place)
    return string.sub(hold[2], place, place)
  end

  function made.ready_key(queue)
    return PREFIX .. 'mandate:ready:' .. queue
  end

  function made.parked_key(queue)
    return PREFIX .. 'mandate:parked:' .. queue
  end

  -- Whether any job has holds.
  function made.any()
    if any == nil then
      any = redis.call('EXISTS', HOLDS) == 1
    end
    return any
  end

  -- Reads what is kept of these jids at once.
  function made.read(jids, first, last)
    for from = first, made.any() and last or 0, 1000 do
      local stop = math.min(from + 999, last)
      for offset, text in ipairs(redis.call('HMGET', HOLDS, unpack(jids, from, stop))) do
        rows[jids[from + offset - 1]] = text and cjson.decode(text)
      end
    end
  end

  function made.row(jid)
    if rows[jid] == nil then
      local text = jid ~= '' and made.any() and redis.call('HGET', HOLDS, jid)
      rows[jid] = text and cjson.decode(text)
    end
    return rows[jid]
  end

  -- The jid of a payload: as a rule it is mentioned once.
  function made.jid_of(payload)
    local at, stop = string.find(payload, '"jid"', 1, true)
    if at and string.sub(payload, stop + 1, stop + 2) == ':"' then
      local behind = string.find(payload, '"', stop + 3, true)
      local jid = behind and string.sub(payload, stop + 3, behind - 1)
      if jid and not string.find(jid, '\\', 1, true) and not string.find(payload, '"jid"', behind, true) then
        return jid
      end
    end
    local is_read, record = pcall(cjson.decode, payload)
    if not (is_read and type(record) == 'table' and type(record.jid) == 'string') then
      local noted = redis.call('GET', PREFIX .. 'mandate:stray:' .. redis.sha1hex(payload))
      is_read, record = pcall(cjson.decode, noted or '')
    end
    return is_read and type(record) == 'table' and type(record.jid) == 'string' and record.jid or ''
  end

  -- Notes that a key is free, or may be, in `told` as well.
  local function tell(key)
    for _, line in ipairs(redis.call('SMEMBERS', lines_key(key))) do
      local first, queue = string.sub(line, 1, 1), string.sub(line, 2)
      local member = first == 'q' and key or first .. key
      redis.call('ZADD', made.ready_key(queue), 'NX', microseconds(NOW), member)
      made.told[#made.told + 1] = made.ready_key(queue)
    end
  end

  made.tell = tell

  -- To be called where somebody has left a key, or its line: nothing is kept of one that nobody holds or waits for, but for a
  -- limit that was set by itself.
  local function after_leaving(key)
    if redis.call('EXISTS', held_key(key), lines_key(key)) == 0 then
      redis.call('HDEL', KEYS_KNOWN, 't' .. key, 'd' .. key)
      redis.call('ZREM', EXPIRING, key)
      local text = redis.call('HGET', KEYS_KNOWN, 'l' .. key)
      if not text or string.sub(text, -1) ~= '!' then
        redis.call('HDEL', KEYS_KNOWN, 'l' .. key)
        redis.call('ZREM', HELD, key)
        limits[key] = nil
      end
    end
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
    local over = redis.call('ZRANGEBYSCORE', until_key(key), '-inf', microseconds(NOW), 'LIMIT', 0, 1000)
    if #over > 0 then
      tell(key)
      redis.call('ZREM', held_key(key), unpack(over))
      redis.call('ZREM', until_key(key), unpack(over))
      after_leaving(key)
    end
  end

  -- Microseconds are what times are kept in.
  local SLACK = 0.000002

  -- When a key is free for another: nothing where it is; math.huge where nobody knows.
  local function free_at(hold, count)
    local key = hold[1]
    local to, tokens, seconds, burst = limit(hold)
    if to >= 0 then
      expire(key)
      if redis.call('ZCARD', held_key(key)) >= to then
        return tonumber(redis.call('ZRANGE', until_key(key), 0, 0, 'WITHSCORES')[2] or math.huge)
      end
    end
    if tokens > 0 then
      local each = seconds / tokens
      local spent = tonumber(redis.call('GET', rate_key(key)) or 0)
      local at = math.max(spent, NOW) + (count or 1) * each - burst * each
      return at > NOW + SLACK and at or nil
    end
  end
  made.free_at = free_at

  -- A rate is one time: when all tokens will be there again (GCRA).
  local function spend(key, each, count)
    local at = math.max(tonumber(redis.call('GET', rate_key(key)) or 0), NOW) + count * each
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
      redis.call('ZADD', HELD, 0, key)
      if redis.call('HSET', KEYS_KNOWN, 'l' .. key, text) == 0 then
        tell(key)
      end
      limits[key] = text
      -- As many tokens are spent as were.
      local spent = tokens > 0 and redis.call('GET', rate_key(key))
      if spent and hold[5] > 0 then
        local count = (tonumber(spent) - NOW) * tokens / seconds
        redis.call('DEL', rate_key(key))
        spend(key, hold[6] / hold[5], math.min(count, hold[7]))
      end
    end
  end

  function made.take(holder, hold, count)
    local key, _, tokens, seconds = hold[1], limit(hold)
    if tokens > 0 then
      spend(key, seconds / tokens, count or 1)
    end
    if hold[5] > 0 then
      return
    end
    redis.call('ZADD', HELD, 0, key)
    if redis.call('ZADD', held_key(key), microseconds(NOW), holder) == 1 then
      redis.call('HINCRBY', KEYS_KNOWN, 't' .. key, 1)
    end
    if hold[4] > 0 then
      local until_then = NOW + hold[4]
      redis.call('ZADD', until_key(key), microseconds(until_then), holder)
      redis.call('ZADD', EXPIRING, 'GT', microseconds(until_then), key)
      for _, line in ipairs(redis.call('SMEMBERS', lines_key(key))) do
        redis.call('ZADD', FREE_AT, 'LT', microseconds(until_then), line .. '\n' .. key)
      end
    end
  end

  function made.give_back(holder, key)
    if redis.call('ZSCORE', held_key(key), holder) then
      tell(key)
      redis.call('ZREM', held_key(key), holder)
      redis.call('ZREM', until_key(key), holder)
      after_leaving(key)
      return true
    end
    return false
  end

  -- Tokens that were not needed.
  function made.return_tokens(hold, count)
    local _, tokens, seconds = limit(hold)
    if tokens > 0 and redis.call('EXISTS', rate_key(hold[1])) == 1 then
      tell(hold[1])
      spend(hold[1], seconds / tokens, -count)
      return true
    end
    return false
  end

  function made.is_held_by(holder, key)
    return redis.call('ZSCORE', held_key(key), holder) and true
  end

  -- Whether others wait for a key that may be taken.
  function made.is_waited_for(key)
    return redis.call('EXISTS', lines_key(key)) == 1
  end

  -- Whether a job lacks a hold that it has to have as it is handed out.
  local function lacks(jid, hold)
    return letter(hold, 1) == 'f' and (hold[5] > 0 or not made.is_held_by(jid, hold[1]))
  end

  function made.is_expired(row)
    return row[1] > 0 and row[1] <= NOW
  end

  -- Whether a job takes or leaves something as it is handed out, so that it may not wait in a worker.
  function made.wants_turn(row)
    for at = 2, #row do
      if letter(row[at], 1) == 'f' or letter(row[at], 2) == 'b' then
        return true
      end
    end
    return false
  end

  -- The key for which a job would be parked.
  function made.begin_would_wait(jid)
    local row = made.row(jid)
    for at = 2, #row do
      if lacks(jid, row[at]) and letter(row[at], 3) == 'p' and free_at(row[at]) then
        return row[at][1]
      end
    end
  end

  -- Takes what a job has to have as it is handed out. Where something is not to be had, nothing is taken: answers with that hold then, and when
  -- it will be. Who comes to a queue in which others wait for a key waits behind them.
  function made.begin(jid, row, comes_to)
    for at = 2, #row do
      local hold = row[at]
      if lacks(jid, hold) then
        local free = free_at(hold)
        if not free and comes_to and redis.call('EXISTS', line_key(comes_to, hold[1])) == 1 then
          free = NOW
        end
        if free then
          return hold, free
        end
      end
    end
    for at = 2, #row do
      local hold = row[at]
      if lacks(jid, hold) then
        made.take(jid, hold)
      end
    end
    made.leave_at_fetch(jid, row)
  end

  -- Lets go of what a job holds until it is handed out, be it only to be discarded.
  function made.leave_at_fetch(jid, row)
    for at = 2, #row do
      if letter(row[at], 2) == 'b' and letter(row[at], 1) ~= 'c' then
        made.give_back(jid, row[at][1])
      end
    end
  end

  -- Whether a job may become another while it waits.
  function made.is_replaceable(row)
    for at = 2, #row do
      if letter(row[at], 3) == 'x' then
        return true
      end
    end
    return false
  end

  -- A job that may become another is handed out.
  function made.hand_out(jid)
    redis.call('SADD', HANDED, jid)
  end

  -- A job waits for a time: where it may become another it has to be found there.
  function made.note_payload(jid, payload)
    local row = made.row(jid)
    if row and made.is_replaceable(row) then
      redis.call('HSET', REPLACEABLE, jid, payload)
    end
  end

  -- The oldest holder of a key that waits, or the job in line for it.
  local function find_waiting(key)
    for _, jid in ipairs(redis.call('ZRANGE', held_key(key), 0, 99)) do
      local state = string.sub(redis.call('HGET', JOBS, jid) or '', 1, 1)
      if state ~= '' and state ~= 'd' and redis.call('SISMEMBER', HANDED, jid) == 0 then
        return jid
      end
    end
    return redis.call('ZRANGE', PREFIX .. 'mandate:dependents:\nf' .. key, 0, 0)[1]
  end

  -- Who becomes another where a job comes: its jid, the key, and when it is due at the latest.
  function made.to_replace(row)
    for at = 2, #row do
      local hold = row[at]
      local is_full = letter(hold, 3) == 'x' and (free_at(hold) or made.is_waited_for(hold[1]))
      local jid = is_full and find_waiting(hold[1])
      if jid then
        local since = tonumber(redis.call('ZSCORE', held_key(hold[1]), jid) or NOW)
        return jid, hold[1], hold[9] and since + hold[9]
      end
    end
  end

  -- A job that became another keeps what it has from the enqueueing.
  function made.replace_row(jid, row)
    local merged = { row[1] }
    local before = made.row(jid) or { 0 }
    for at = 2, #before do
      if letter(before[at], 1) ~= 'f' then
        merged[#merged + 1] = before[at]
      end
    end
    for at = 2, #row do
      if letter(row[at], 1) == 'f' then
        merged[#merged + 1] = row[at]
      end
    end
    redis.call('HSET', HOLDS, jid, cjson.encode(merged))
    any, rows[jid] = true, merged
    for at = 2, #before do
      after_leaving(before[at][1])
    end
  end

  -- A run has ended: "done", "retry", "dead", …; "release" where it did not begin, "recover" where nobody knows.
  function made.settled(jid, kind)
    local row = made.row(jid)
    local is_attempt = kind == 'done' or kind == 'retry' or kind == 'dead'
    if row and made.is_replaceable(row) then
      redis.call('SREM', HANDED, jid)
    end
    for at = row and #row or 0, 2, -1 do
      local hold = row[at]
      local kept = letter(hold, 2)
      if kept == 's' or kept == 'a' and is_attempt then
        made.give_back(hold[8] ~= '' and hold[8] or jid, hold[1])
      end
      if kind == 'release' and (letter(hold, 1) == 'q' or letter(hold, 1) == 'f' and hold[5] > 0) then
        made.return_tokens(hold, 1)
      elseif (kind == 'release' or kind == 'recover') and kept == 'b' and letter(hold, 1) == 'e' then
        if not made.is_waited_for(hold[1]) and not free_at(hold) then
          made.take(jid, hold)
        end
      end
      if letter(hold, 1) == 'c' or letter(hold, 1) == 'q' then
        table.remove(row, at)
        redis.call('HSET', HOLDS, jid, cjson.encode(row))
      end
    end
    if row and #row == 1 then
      redis.call('HDEL', HOLDS, jid)
      rows[jid] = false
    end
  end

  -- A job is over, or dead: then it keeps what it has until it is over, and one that was dead keeps it for good.
  function made.over(jid, fate)
    local row = made.row(jid)
    for at = 2, row and #row or 0 do
      local hold = row[at]
      local kept, holder = letter(hold, 2), hold[8] ~= '' and hold[8] or jid
      if kept == 'o' and made.is_held_by(holder, hold[1]) then
        local was_dead = string.sub(redis.call('HGET', JOBS, jid) or '', 1, 1) == 'd'
        if fate == 'd' and not was_dead then
          tell(hold[1])
          redis.call('HINCRBY', KEYS_KNOWN, 'd' .. hold[1], 1)
        elseif fate ~= 'd' and not was_dead then
          made.give_back(holder, hold[1])
        end
      elseif kept == 'o' or kept == 't' or not made.give_back(holder, hold[1]) then
        after_leaving(hold[1])
      end
    end
    if row and made.is_replaceable(row) then
      redis.call('SREM', HANDED, jid)
      redis.call('HDEL', REPLACEABLE, jid)
      redis.call('HDEL', OVERRIDES, jid)
    end
    if row and fate ~= 'd' then
      redis.call('HDEL', HOLDS, jid)
      rows[jid] = false
    end
  end

  -- Declares the keys that a job comes with. Answers with a hold that keeps it from being accepted, and who has that.
  function made.refusal(row)
    for at = 2, #row do
      local hold = row[at]
      if letter(hold, 1) == 'f' or hold[3] ~= 1 or limit(hold) ~= 1 then
        made.declare(hold)
      end
    end
    for at = 2, #row do
      local hold = row[at]
      if letter(hold, 1) == 'e' and letter(hold, 3) == 'r' and (free_at(hold) or made.is_waited_for(hold[1])) then
        local holder = made.holder_of(hold[1])
        for other = 2, #row do
          after_leaving(row[other][1])
        end
        return hold, holder
      end
    end
  end

  -- Who holds a key longest, or is the first in line.
  function made.holder_of(key)
    return redis.call('ZRANGE', held_key(key), 0, 0)[1] or redis.call('ZRANGE', PREFIX .. 'mandate:dependents:\nf' .. key, 0, 0)[1] or ''
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
    return free_at(hold)
  end

  -- Takes what a job has to have to be accepted. Where it has to wait for one it takes none of those that park: answers with
  -- what it waits for then.
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
    redis.call('ZADD', HELD, 0, key)
    redis.call('SADD', lines_key(key), kind)
    if free ~= true and free <= NOW then
      redis.call('ZADD', made.ready_key(''), 'NX', microseconds(NOW), kind .. key)
    elseif free ~= true and free < math.huge then
      redis.call('ZADD', FREE_AT, 'LT', microseconds(free), kind .. '\n' .. key)
    end
    return line_of(hold)
  end

  -- What is kept of a job, of which many may have the same.
  function made.decode(text)
    if not decoded[text] then
      local row = cjson.decode(text)
      for at = 2, #row do
        row.is_from_enqueue = row.is_from_enqueue or letter(row[at], 1) == 'e'
        row.may_replace = row.may_replace or letter(row[at], 3) == 'x'
      end
      decoded[text] = row
    end
    return decoded[text]
  end

  -- Writes what was accepted.
  function made.keep_accepted()
    for from = 1, #kept, 1000 do
      redis.call('HSET', HOLDS, unpack(kept, from, math.min(from + 999, #kept)))
    end
    kept = {}
  end

  -- Keeps a job's holds, once `keep_accepted` is called, and takes those that it is to have from now on. Answers with a prerequisite where it has to wait for one.
  function made.accept(jid, text, row)
    kept[#kept + 1] = jid
    kept[#kept + 1] = text
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
    return hold and stand(hold, free)
  end

  -- The key that a blocked job stands in line for.
  function made.note_line(jid, line)
    redis.call('HSET', IN_LINE, jid, string.sub(line, 3))
  end

  -- The line of a blocked job is empty, perhaps.
  function made.after_line(prereq)
    local kind, key = string.sub(prereq, 2, 2), string.sub(prereq, 3)
    if redis.call('EXISTS', PREFIX .. 'mandate:dependents:' .. prereq) == 0 then
      redis.call('SREM', lines_key(key), kind)
      redis.call('ZREM', made.ready_key(''), kind .. key)
      redis.call('ZREM', FREE_AT, kind .. '\n' .. key)
      after_leaving(key)
    end
  end

  -- The next blocked job whose key is free, with all that it has to have from the enqueueing: its jid, and the prerequisite
  -- that it waits for no more. `looks` counts what was looked at.
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

  -- How often a key may be held, tokens, their seconds and burst; how many hold it, wait for it, took it since it was free,
  -- and are dead. Nothing where it is not known.
  function made.state(key)
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
    return numbers
  end

  -- Whether a dead job that is tried again takes a hold once more, where it has it no more.
  local function comes_again(hold)
    return letter(hold, 1) == 'e' and letter(hold, 4) == 'f' and string.find('bsfo', letter(hold, 2), 1, true) ~= nil
  end

  -- Of a dead job, the first hold that it would have to take again and cannot.
  local function lacking(jid, row, from)
    for at = from, #row do
      local hold = row[at]
      if comes_again(hold) and not made.is_held_by(jid, hold[1]) then
        if free_at(hold) or made.is_waited_for(hold[1]) then
          return at
        end
      end
    end
  end

  -- Keys that keep a job from going on, and who has them, in turns.
  function made.in_the_way(jid)
    local found = {}
    local function add(key)
      found[#found + 1] = key
      found[#found + 1] = redis.call('ZRANGE', held_key(key), 0, 0)[1] or ''
    end
    local _, key = made.parked(jid)
    if key then
      add(key)
    end
    for _, prereq in ipairs(redis.call('SMEMBERS', PREFIX .. 'mandate:prereqs:' .. jid)) do
      if string.byte(prereq) == 10 then
        add(string.sub(prereq, 3))
      end
    end
    local row = string.sub(redis.call('HGET', JOBS, jid) or '', 1, 1) == 'd' and made.row(jid)
    local at = row and lacking(jid, row, 2)
    while at do
      add(row[at][1])
      at = lacking(jid, row, at + 1)
    end
    return found
  end

  -- A dead job takes again what it had from the enqueueing. Answers whether there is something that it cannot have.
  function made.accept_again(jid)
    local row = made.row(jid)
    if not row then
      return false
    end
    if lacking(jid, row, 2) then
      return true
    end
    for at = 2, #row do
      local hold = row[at]
      if letter(hold, 1) == 'e' and letter(hold, 4) == 'f' then
        if made.is_held_by(jid, hold[1]) then
          if letter(hold, 2) == 'o' then
            redis.call('HINCRBY', KEYS_KNOWN, 'd' .. hold[1], -1)
          end
        elseif comes_again(hold) then
          made.take(jid, hold)
        end
      end
    end
    return false
  end

  -- The run of a job lets go of a key when it ends, however: code in it has taken that.
  function made.let_go_after(jid, hold)
    local row = made.row(jid) or { 0 }
    row[#row + 1] = hold
    redis.call('HSET', HOLDS, jid, cjson.encode(row))
    any, rows[jid] = true, row
  end

  -- Queues that are limited as a whole; they are noted where holds of jobs are, by which it is known that there is anything.
  function made.limited_queues()
    local text = redis.call('HGET', HOLDS, '\nqueues')
    return text and cjson.decode(text) or {}
  end

  function made.limit_queue(queue, is_limited)
    local queues = made.limited_queues()
    queues[queue] = is_limited or nil
    if next(queues) then
      redis.call('HSET', HOLDS, '\nqueues', cjson.encode(queues))
    else
      redis.call('HDEL', HOLDS, '\nqueues')
    end
  end

  local function hold_of_queue(queue)
    return { 'queue:' .. queue, 'qsrf', 1, 0, 0, 0, 0, '' }
  end

  -- How many jobs of a limited queue may be handed out. Where none may, the queue is told of once one may.
  function made.room_in(queue)
    local hold = hold_of_queue(queue)
    local key = hold[1]
    local to, tokens, seconds, burst = limit(hold)
    expire(key)
    local room = to < 0 and math.huge or math.max(0, to - redis.call('ZCARD', held_key(key)))
    if tokens > 0 then
      local each = seconds / tokens
      local spent = math.max(tonumber(redis.call('GET', rate_key(key)) or 0), NOW)
      room = math.min(room, math.max(0, math.floor((NOW + SLACK - spent) / each + burst)))
    end
    redis.call('ZREM', made.ready_key(queue), key)
    if room > 0 then
      redis.call('SREM', lines_key(key), 'q' .. queue)
    else
      local free = free_at(hold)
      redis.call('SADD', lines_key(key), 'q' .. queue)
      if free and free < math.huge then
        redis.call('ZADD', FREE_AT, microseconds(free), 'q' .. queue .. '\n' .. key)
      end
    end
    return room
  end

  function made.take_queue(jid, queue)
    local hold = hold_of_queue(queue)
    if jid ~= '' then
      made.let_go_after(jid, hold)
      made.take(jid, hold)
    end
  end

  -- Somebody takes a key from a job, for good.
  function made.forget(jid, key)
    local row = made.row(jid)
    for at = row and #row or 0, 2, -1 do
      if row[at][1] == key and letter(row[at], 1) == 'e' then
        table.remove(row, at)
        redis.call('HSET', HOLDS, jid, cjson.encode(row))
      end
    end
  end

  -- Where a job is parked: its queue, key, priority, position and payload.
  function made.parked(jid)
    local body = redis.call('HGET', PARKED, jid)
    if body then
      return cmsgpack.unpack(body)
    end
  end

  local function leave_line(queue, key, member)
    redis.call('ZREM', line_key(queue, key), member)
    if redis.call('EXISTS', line_key(queue, key)) == 0 then
      redis.call('SREM', lines_key(key), 'q' .. queue)
      redis.call('ZREM', made.ready_key(queue), key)
      redis.call('ZREM', FREE_AT, 'q' .. queue .. '\n' .. key)
      after_leaving(key)
    end
    redis.call('ZREM', made.parked_key(queue), member)
    if redis.call('EXISTS', made.parked_key(queue)) == 0 then
      redis.call('SREM', PARKING, queue)
    end
  end

  -- Without effect, and refused where `unpark` would be: before a job is copied from there to another place.
  function made.may_unpark()
    redis.call('HDEL', PARKED, '')
  end

  -- Takes a job out of its line.
  function made.unpark(jid)
    local queue, key, _, position = made.parked(jid)
    if queue then
      redis.call('HDEL', PARKED, jid)
      leave_line(queue, key, position .. jid)
    end
  end

  -- Puts a job into the line of a key: its bytes last. Until then it is where it was.
  function made.park(job, key, free, is_at_head)
    local number = redis.call('INCR', SEQUENCE)
    local position = string.format(is_at_head and 'A%016.0f' or 'B%016.0f', is_at_head and 9007199254740992 - number or number)
    local member, line = position .. job.jid, 'q' .. job.queue
    local is_parked, failure = pcall(function()
      redis.call('ZADD', HELD, 0, key)
      redis.call('SADD', lines_key(key), line)
      redis.call('SADD', PARKING, job.queue)
      redis.call('SADD', QUEUES, job.queue)
      redis.call('ZADD', line_key(job.queue, key), job.priority, member)
      redis.call('ZADD', made.parked_key(job.queue), job.priority, member)
      if free <= NOW then
        redis.call('ZADD', made.ready_key(job.queue), 'NX', microseconds(NOW), key)
      elseif free < math.huge then
        redis.call('ZADD', FREE_AT, 'LT', microseconds(free), line .. '\n' .. key)
      end
      set_state(job.jid, 'p')
      redis.call('HSET', PARKED, job.jid, cmsgpack.pack(job.queue, key, job.priority, position, job.payload))
    end)
    if not is_parked then
      pcall(leave_line, job.queue, key, member)
      error(failure, 0)
    end
  end

  -- To the head of the line of a key that a job has no more, where others wait in it. Answers whether they do. What it still has
  -- it needs no second time: in line behind others it would wait for itself.
  function made.park_again(jid, queue, payload, priority)
    local row = made.row(jid)
    for at = 2, row and #row or 0 do
      local hold = row[at]
      if letter(hold, 3) == 'p' and lacks(jid, hold) and redis.call('EXISTS', line_key(queue, hold[1])) == 1 then
        local job = { jid = jid, queue = queue, payload = payload, priority = priority }
        made.park(job, hold[1], free_at(hold) or NOW, true)
        return true
      end
    end
    return false
  end

  -- Nothing is left of keys whose holders' time is over, though nobody asks for them.
  function made.forget_expired(most)
    for _, key in ipairs(redis.call('ZRANGEBYSCORE', EXPIRING, '-inf', microseconds(NOW), 'LIMIT', 0, most)) do
      expire(key)
      redis.call('ZREM', EXPIRING, key)
    end
  end

  -- Keys whose time has come may be free.
  function made.come_due(most)
    local due = redis.call('ZRANGEBYSCORE', FREE_AT, '-inf', microseconds(NOW), 'LIMIT', 0, most)
    for _, member in ipairs(due) do
      local first, queue, key = string.match(member, '^(.)(.-)\n(.*)$')
      redis.call('ZADD', made.ready_key(queue), 'NX', microseconds(NOW), first == 'q' and key or first .. key)
      redis.call('ZREM', FREE_AT, member)
    end
    return #due
  end

  -- The next job of a queue whose key is ready, with all that it has to have: its jid, payload, priority and row. It is still
  -- parked then. `looks` counts what is looked at in vain, and says how large it may be.
  function made.next_ready(queue, looks)
    local ready = made.ready_key(queue)
    while looks.left > 0 do
      local key = redis.call('ZRANGEBYSCORE', ready, '-inf', microseconds(NOW), 'LIMIT', 0, 1)[1]
      local member = key and redis.call('ZRANGE', line_key(queue, key), 0, 0)[1]
      if not key then
        return
      end
      if not member then
        redis.call('ZREM', ready, key)
      else
        local jid = string.sub(member, 18)
        local _, stands_for, priority, position, payload = made.parked(jid)
        local row = payload and made.row(jid)
        if not payload or position .. jid ~= member or stands_for ~= key then
          leave_line(queue, key, member)
        else
          local hold, free
          if #payload > looks.room then
            looks.is_cut = true
            return
          end
          if row and not made.is_expired(row) then
            hold, free = made.begin(jid, row)
          end
          if not hold then
            -- Others' turn comes before another of this key.
            redis.call('ZADD', ready, 'XX', microseconds(NOW), key)
            return jid, payload, priority, row
          end
          if hold[1] == key then
            redis.call('ZREM', ready, key)
            if free < math.huge then
              redis.call('ZADD', FREE_AT, microseconds(free), 'q' .. queue .. '\n' .. key)
            end
          else
            made.unpark(jid)
            made.park({ jid = jid, queue = queue, payload = payload, priority = priority }, hold[1], free)
          end
        end
      end
      looks.left = looks.left - 1
    end
  end

  return made
end

-- To the head of its queue, or of its lane if it came from there, or of the line in which others wait for what it had.
local function put_at_head(queue, receipt, payload, jid)
  redis.call('SADD', QUEUES, queue)
  local priority = string.match(receipt, '^%d+:%d+:%d+/(%-?%d+):')
  if jid and jid ~= '' and holds().park_again(jid, queue, payload, priority or 0) then
    return
  end
  if priority then
    lanes().put_at_head(queue, priority, payload)
  else
    redis.call('RPUSH', queue_key(queue), payload)
  end
end

-- What waited for a job goes to the freed list as a whole; `fate` is how it ended (finish). An entry of that list that names
-- nothing does no harm; what is not named there would wait for ever.
local function free_dependents(jid, fate)
  local dependents = PREFIX .. 'mandate:dependents:' .. jid
  if redis.call('EXISTS', dependents) == 1 then
    local number = redis.call('INCR', SEQUENCE)
    redis.call('RPUSH', FREED, number .. ' ' .. fate .. ' ' .. jid)
    redis.call('RENAME', dependents, PREFIX .. 'mandate:freed:' .. number)
    redis.call('ZREM', FOREIGN, jid)
  end
end

-- How jobs end that are over without success, and not dead: discarded, cancelled, expired, removed by a person, trimmed from
-- the dead.
local UNSUCCESSFUL = 'xcert'

-- Remembers for an hour how a job ended without success: rare, and asked for by what comes to wait for it late, and by
-- whoever asks for its status. A score is eight times the second, and the letter's place.
local has_trimmed = false
local function remember_end(jid, fate)
  local score = math.floor(NOW) * 8 + string.find(UNSUCCESSFUL, fate, 1, true)
  redis.call('ZADD', ENDS, string.format('%d', score), jid)
  if has_trimmed then
    return
  end
  has_trimmed = true
  redis.call('EXPIRE', ENDS, 3600)
  redis.call('ZREMRANGEBYRANK', ENDS, 0, -100001)
  local limit = string.format('%d', (math.floor(NOW) - 3600) * 8)
  local old = redis.call('ZRANGEBYSCORE', ENDS, '-inf', limit, 'LIMIT', 0, 1000)
  if #old > 0 then
    redis.call('ZREM', ENDS, unpack(old))
  end
end

-- Remembers for ten minutes that a job is over whose jid is to make no second one.
local has_trimmed_over = false
local function remember_over(jid)
  redis.call('ZADD', OVER, string.format('%.6f', NOW), jid)
  if has_trimmed_over then
    return
  end
  has_trimmed_over = true
  redis.call('EXPIRE', OVER, 600)
  local old = redis.call('ZRANGEBYSCORE', OVER, '-inf', string.format('%.6f', NOW - 600), 'LIMIT', 0, 1000)
  if #old > 0 then
    redis.call('ZREM', OVER, unpack(old))
  end
end

local function is_over(jid)
  local since = redis.call('ZSCORE', OVER, jid)
  return since and NOW - tonumber(since) < 600
end

-- What a person took away, or cancelled, was not run to its end: its jid is free again.
local any_named
local function end_of_named(jid, fate)
  if any_named == nil then
    any_named = redis.call('EXISTS', NAMED) == 1
  end
  if any_named and redis.call('SREM', NAMED, jid) == 1 and fate ~= 'c' and fate ~= 'r' then
    remember_over(jid)
  end
end

-- A job is over: "f" (done), "d" (dead), or how else it ended without success. The index says so last: where Redis refuses one of
-- these steps, the rest is still to be done, by whoever comes again.
local function finish(jid, fate)
  if jid == '' then
    return
  end
  free_dependents(jid, fate)
  holds().over(jid, fate)
  redis.call('HDEL', RECOVERIES, jid)
  if fate == 'd' then
    redis.call('HSET', JOBS, jid, 'd')
  else
    if fate ~= 'f' then
      remember_end(jid, fate)
    end
    end_of_named(jid, fate)
    redis.call('HDEL', JOBS, jid)
  end
end

-- One that was cancelled is over, however its run has ended, or before it begins. Answers whether it was.
local function end_cancelled(jid)
  if not redis.call('ZSCORE', CANCELLED, jid) then
    return false
  end
  finish(jid, 'c')
  redis.call('ZREM', CANCELLED, jid)
  return true
end

-- Of Ruby's jobs only those that are watched are known (admit).
local function is_unfinished(jid)
  local state = redis.call('HGET', JOBS, jid)
  if state then
    return string.sub(state, 1, 1) ~= 'd'
  end
  return redis.call('ZSCORE', FOREIGN, jid) and true
end

-- The first of `prereqs` that is known to be over without success, and how it ended.
local function failed_among(prereqs)
  for _, prereq in ipairs(prereqs) do
    local state = redis.call('HGET', JOBS, prereq)
    if state and string.sub(state, 1, 1) == 'd' then
      return prereq, 'd'
    end
    local score = not state and redis.call('ZSCORE', ENDS, prereq)
    if score then
      local place = tonumber(score) % 8
      return prereq, string.sub(UNSUCCESSFUL, place, place)
    end
  end
end

-- Keeps a job back behind those of `prereqs` that are unfinished. Where one has failed already, and `failure` is not
-- "release", it waits for none: it goes to the freed list. `line` is where it stands for a key, if it does. Answers false where
-- nothing keeps it back, else true, or its entry in that list.
local doomed = {}
local function block(jid, queue, payload, at, failure, prereqs, priority, line)
  local number, entry
  local failed, fate
  if failure ~= 'release' then
    failed, fate = failed_among(prereqs)
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
    if is_unfinished(prereq) then
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
  redis.call('HSET', JOBS, jid, 'b')
  local rule = priority == '' and failure or failure .. '/' .. priority
  redis.call('HSET', WAITING, jid, at .. '\n' .. rule .. '\n' .. queue .. '\n' .. payload)
  return entry or true
end

-- Without effect, and refused where `unblock` would be: before a job is copied from there to another place.
local function may_unblock()
  redis.call('ZREM', BLOCKED, '')
  redis.call('HDEL', WAITING, '')
end

-- Forgets that a job is blocked. Its own state is the caller's to set.
local function unblock(jid)
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
local function waiting(jid)
  local value = redis.call('HGET', WAITING, jid)
  if value then
    local at, failure, priority, queue, payload = string.match(value, '^(.-)\n(%a*)/?(%-?%d*)\n(.-)\n(.*)$')
    return at, failure, queue, payload, priority
  end
end

-- To the schedule if its time has not come, else to its queue; as the last step: until then it is where it was.
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

-- A job that waits becomes another, and keeps its jid: one whose bytes are known where it waits, at once; one in a queue's list or
-- lanes as it comes to be handed out, until when what it is to be stands beside it.
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
    if #new.prereqs == 0 or not block(jid, new.queue, new.payload, new.at, new.failure, new.prereqs, new.priority) then
      schedule_or_push(jid, new.queue, new.payload, new.at, new.priority)
    end
  end

  local function keep_blocked(jid, new)
    local rule = new.priority == '' and new.failure or new.failure .. '/' .. new.priority
    redis.call('HSET', WAITING, jid, new.at .. '\n' .. rule .. '\n' .. new.queue .. '\n' .. new.payload)
    for _, prereq in ipairs(new.prereqs) do
      if is_unfinished(prereq) then
        redis.call('ZADD', PREFIX .. 'mandate:dependents:' .. prereq, redis.call('ZSCORE', BLOCKED, jid), jid)
        redis.call('SADD', PREFIX .. 'mandate:prereqs:' .. jid, prereq)
      end
    end
  end

  local function has_come(new)
    return #new.prereqs == 0 and (new.at == '' or tonumber(new.at) <= NOW)
  end

  -- `new` has a queue, a payload that says the job's jid, at, failure, prereqs, priority, and its row.
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
      local stays = queue == new.queue and tonumber(priority) == tonumber(new.priority == '' and 0 or new.priority)
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

  -- What a job has become that comes to be handed out from a queue. Answers with its payload, where it stays there; true where
  -- it was put to where it belongs; nothing where it is what it was.
  function made.apply(jid, from, priority)
    local override = redis.call('HGET', OVERRIDES, jid)
    if not override then
      return
    end
    local new = {}
    new.queue, new.payload, new.at, new.failure, new.priority, new.prereqs = cmsgpack.unpack(override)
    local stays = new.queue == from and has_come(new) and tonumber(new.priority == '' and 0 or new.priority) == tonumber(priority)
    if stays then
      redis.call('HDEL', OVERRIDES, jid)
      return stamped(new.payload)
    end
    redis.call('HDEL', OVERRIDES, '')
    place(jid, new)
    redis.call('HDEL', OVERRIDES, jid)
    return true
  end

  return made
end

-- To the dead, as the last step: until then it is where it was. Without effect, the first is refused where that would be.
local function bury(jid, payload)
  redis.call('ZADD', DEAD, 'XX', 0, '')
  finish(jid, 'd')
  redis.call('ZADD', DEAD, string.format('%.6f', NOW), payload)
end

-- Redis refuses a script that is about to write when its memory is full, unless the script has written already.
-- What frees memory, or keeps a worker alive, must go on then: a write without effect opens the door.
local function even_when_full()
  redis.call('DEL', PREFIX .. 'mandate:nothing')
end

-- Documents are small texts that have names; the first line is the version, a number of which none comes twice.
local function document(name)
  local value = redis.call('GET', PREFIX .. 'mandate:document:' .. name)
  if value then
    return string.match(value, '^(%d+)\n(.*)$')
  end
end

-- Whether a document is in the version expected: "" where there is to be none, or "any".
local function is_in_version(name, expected)
  return expected == 'any' or (document(name) or '') == expected
end

local function write_document(name, version, text, milliseconds)
  -- A name too many is noticed by whoever reads them.
  redis.call('ZADD', DOCUMENTS, 0, name)
  local key, value = PREFIX .. 'mandate:document:' .. name, string.format('%d', version) .. '\n' .. text
  if milliseconds == '' then
    redis.call('SET', key, value)
  else
    redis.call('SET', key, value, 'PX', milliseconds)
  end
  redis.pcall('PUBLISH', DOCUMENTS, name)
end

-- What was kept of a job that is over. Answers whether there was anything.
local function forget_finished(jid)
  local kept = redis.call('HGET', FINISHED_JOBS, jid)
  if not kept then
    return false
  end
  redis.call('HDEL', FINISHED_JOBS, jid)
  redis.call('ZREM', FINISHED, jid)
  redis.call('ZREM', FINISHED_UNTIL, jid)
  redis.call('ZREM', PREFIX .. 'mandate:finished:' .. string.match(kept, '^(.-)\n'), jid)
  return true
end

-- Puts a job straight into the lease of a worker that has nothing to do and takes one of that queue, in whose list nothing
-- waits before it. `lane` is "/PRIORITY", or "". Answers whether somebody has it: it is in the lease before the worker hears of it.
-- Where Redis refuses a step, nobody has.
local function hand_over(queue, lane, payload)
  -- Over a slow link a large one would be asked for before it has arrived, and Redis cuts off subscribers that are behind with megabytes.
  local idle = #payload > 65536 and {} or redis.pcall('HRANDFIELD', IDLE, 1, 'WITHVALUES')
  local identity = idle[1]
  if not identity then
    return false
  end
  local number, wanted = string.match(idle[2], '^(%d+)(\n.*)$')
  local takes = wanted == '\n*\n' or string.find(wanted, '\n' .. queue .. '\n', 1, true)
  if not takes and string.find(wanted, '*\n', 1, true) then
    for prefix in string.gmatch(wanted, '([^\n]*)%*\n') do
      takes = takes or string.sub(queue, 1, #prefix) == prefix
    end
  end
  if not takes or redis.pcall('HDEL', IDLE, identity) ~= 1 then
    return false
  end
  local expiry = redis.pcall('ZSCORE', LEASES, identity)
  if type(expiry) ~= 'string' or tonumber(expiry) < NOW then
    return false
  end
  local beside = PREFIX .. 'mandate:lane:' .. queue
  if redis.pcall('EXISTS', PAUSED, beside) ~= 0 then
    local most = lane == '' and '0' or string.sub(lane, 2)
    local is_paused = redis.pcall('SISMEMBER', PAUSED, queue) ~= 0
    if is_paused or redis.pcall('ZCOUNT', beside, '-inf', most) ~= 0 then
      return false
    end
  end
  local lease = PREFIX .. 'mandate:lease:' .. identity
  local receipt = number .. ':999999:' .. string.format('%d', math.floor(NOW * 1000)) .. lane .. ':' .. queue
  local held = redis.pcall('HSET', lease, receipt, payload)
  local heard = held == 1 and redis.pcall('PUBLISH', PREFIX .. 'mandate:hand:' .. identity, receipt .. '\n' .. payload)
  if type(heard) == 'number' and heard > 0 then
    return true
  end
  -- Where it cannot leave the lease it is found there.
  return held == 1 and redis.pcall('HDEL', lease, receipt) ~= 1
end

-- A worker is no more: neither here nor in Sidekiq's Web UI.
local function end_lease(identity)
  local is_read, told = pcall(cjson.decode, redis.call('HGET', WORKERS, identity) or '')
  for _, entry in ipairs(is_read and type(told) == 'table' and type(told.queues) == 'table' and told.queues or {}) do
    if type(entry) == 'table' and type(entry[1]) == 'string' then
      redis.pcall('ZREM', lanes().serving, lanes().server(entry[1], identity))
    end
  end
  redis.call('ZREM', LEASES, identity)
  redis.call('HDEL', WORKERS, identity)
  redis.call('SREM', PROCESSES, identity)
  redis.call('HDEL', IDLE, identity)
  local process = PREFIX .. identity
  redis.call(
    'DEL', PREFIX .. 'mandate:lease:' .. identity,
    process, process .. ':work', process .. ':workers', process .. '-signals'
  )
end

-- Identities of living processes that are none of our workers: Sidekiq's.
local function foreign_processes()
  local found = {}
  for _, identity in ipairs(redis.call('SMEMBERS', PROCESSES)) do
    if not redis.call('ZSCORE', LEASES, identity) and redis.call('EXISTS', PREFIX .. identity) == 1 then
      found[#found + 1] = identity
    end
  end
  return found
end

-- How many payloads lie where Sidekiq keeps those that are not finished.
local function count_waiting()
  local count = redis.call('ZCARD', SCHEDULE) + redis.call('ZCARD', RETRY)
  for _, queue in ipairs(redis.call('SMEMBERS', QUEUES)) do
    count = count + redis.call('LLEN', queue_key(queue))
  end
  for _, queue in ipairs(redis.call('SMEMBERS', LANES)) do
    count = count + redis.call('ZCARD', lanes().key(queue))
  end
  return count + redis.call('HLEN', PARKED)
end

-- Watches those of ARGV's jids, from `first` to `last`, that we never heard of, and that may be unfinished jobs of Ruby's: until a sweep has not
-- seen them for two heartbeats (mandate:foreign). Where little waits they are looked for here and now. Where
-- much does a sweep has to, once; where a Sidekiq process lives, which tells only with its heartbeats what it took, twice.
local function admit(first, last, heartbeat)
  local unknown = {}
  for at = first, last do
    local jid = ARGV[at]
    if redis.call('HEXISTS', JOBS, jid) == 0 and not redis.call('ZSCORE', FOREIGN, jid) then
      unknown[#unknown + 1] = jid
    end
  end
  if #unknown == 0 then
    return
  end
  local seen
  local since = NOW
  if #foreign_processes() == 0 then
    if count_waiting() > 1000 then
      since = NOW - 2 * heartbeat
    else
      seen = {}
      local function look(payloads)
        for _, payload in ipairs(payloads) do
          for jid in string.gmatch(payload, '"jid"%s*:%s*"([^"]*)"') do
            seen[jid] = true
          end
        end
      end
      look(redis.call('ZRANGE', SCHEDULE, 0, -1))
      look(redis.call('ZRANGE', RETRY, 0, -1))
      for _, queue in ipairs(redis.call('SMEMBERS', QUEUES)) do
        look(redis.call('LRANGE', queue_key(queue), 0, -1))
      end
      for _, queue in ipairs(redis.call('SMEMBERS', LANES)) do
        look(redis.call('ZRANGE', lanes().key(queue), 0, -1))
      end
    end
  end
  for _, jid in ipairs(unknown) do
    if not seen or seen[jid] then
      redis.call('ZADD', FOREIGN, string.format('%.6f', since), jid)
    end
  end
end

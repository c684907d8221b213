-- Jobs whose keys take turns (Entry.fairKey) wait in lanes as those with a priority do. Which lane is
-- theirs is written "PRIORITY:KEY". Their position says in which round they come: "C", the round, ten
-- hex digits, and six by which those of one round are in order, odd where a job has no key. Rounds
-- are given as jobs come, so that nothing is looked for as one is handed out.
--
-- Of each priority of a queue a sorted set has the last round of each key, as long as it is not over:
-- "=KEY"; "-", of jobs in the lane without a key; "l", of those in the list; and "v", the last round
-- of which a job with a key was handed out. It is there as long as any job waits beside the list, and
-- the priorities of a queue that have any are in a set (mandate:fair:QUEUE).
local made_rounds
local function rounds()
  if made_rounds then
    return made_rounds
  end
  local made, read, handed = {}, {}, {}
  made_rounds = made

  local function rounds_key(queue, priority)
    return PREFIX .. 'mandate:rounds:' .. priority .. ':' .. queue
  end

  local function last_of(key, name)
    return tonumber(redis.call('ZSCORE', key, name) or 0)
  end

  -- The position of a job that comes to a queue. `key` is nothing where it has none.
  function made.give_round(queue, priority, key, number)
    local id = rounds_key(queue, priority)
    local of = read[id]
    if not of then
      local beside = redis.call('ZCARD', PREFIX .. 'mandate:lane:' .. queue) + redis.call('ZCARD', PREFIX .. 'mandate:parked:' .. queue)
      of = { queue = queue, priority = priority, last = {}, changed = {}, passed = last_of(id, 'v') }
      of.size = beside + redis.call('LLEN', queue_key(queue))
      read[id] = of
    end
    local name = key and '=' .. key or '-'
    local last = of.last[name] or last_of(id, name)
    local round = math.min(math.max(last, of.passed), of.passed + of.size) + 1
    of.last[name], of.changed[name], of.size = round, round, of.size + 1
    return string.format('C%010x%06x', round, number % 8388608 * 2 + (key and 0 or 1))
  end

  -- Writes the rounds that were given.
  function made.keep_rounds()
    for id, of in pairs(read) do
      local changed = { of.passed, 'v' }
      for name, round in pairs(of.changed) do
        changed[#changed + 1] = round
        changed[#changed + 1] = name
      end
      redis.call('SADD', PREFIX .. 'mandate:fair:' .. of.queue, of.priority)
      for from = 1, #changed, 1000 do
        redis.call('ZADD', id, 'GT', unpack(changed, from, math.min(from + 999, #changed)))
      end
    end
    read = {}
  end

  -- The round of a position, where it says one, and whether its job has a key.
  function made.round_at(position)
    if string.byte(position) == 67 then
      return tonumber(string.sub(position, 2, 11), 16), tonumber(string.sub(position, -1), 16) % 2 == 0
    end
  end

  -- A job was handed out from there. Answers whether it has a key, and a round.
  function made.hand_out_round(queue, priority, position)
    local round, has_key = made.round_at(position)
    if round and has_key then
      local id = rounds_key(queue, priority)
      handed[id] = math.max(handed[id] or 0, round)
    end
    return has_key
  end

  -- Of keys whose last round has passed nothing is kept.
  function made.keep_handed()
    for id, round in pairs(handed) do
      redis.call('ZADD', id, 'XX', 'GT', round, 'v')
      redis.call('ZREMRANGEBYSCORE', id, '-inf', '(' .. string.format('%.0f', round))
    end
    handed = {}
  end

  -- Rounds of a queue's list, whose jobs take turns with those in the lane of no priority: the next,
  -- as far as that lane has come, and how it is kept.
  function made.list_round(queue)
    local id = rounds_key(queue, 0)
    return math.max(handed[id] or 0, last_of(id, 'v'), last_of(id, 'l')) + 1
  end

  function made.keep_list_round(queue, round)
    redis.call('ZADD', rounds_key(queue, 0), 'GT', round, 'l')
  end

  -- Nothing is kept where no job waits beside the list.
  function made.forget_rounds(queue)
    local fair = PREFIX .. 'mandate:fair:' .. queue
    if redis.call('EXISTS', PREFIX .. 'mandate:lane:' .. queue, PREFIX .. 'mandate:parked:' .. queue) == 0 then
      for _, priority in ipairs(redis.call('SMEMBERS', fair)) do
        redis.call('DEL', rounds_key(queue, priority))
      end
      redis.call('DEL', fair)
    end
  end

  return made
end

-- Where any of these were handed out.
local function keep_handed()
  if made_rounds then
    made_rounds.keep_handed()
  end
end

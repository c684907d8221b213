--[[
  Gives jobs that wait other payloads where they are, unless they have left: places, times and holds stay what they were.

  ARGV[2]  "queue:NAME", "lane:NAME", "parked", "schedule", "retry", "dead", "blocked" or "finished"; or "override": what
           jobs of a queue have become that were not handed out since
  ARGV[3]  of a queue's list: how many jobs are before the first place to look at, counted from the right; else ""
  ARGV[4]  how many places to look at; else ""
  then     per job: jid, payload, new payload, in a lane where it was seen: PRIORITY/POSITION

  Returns how many there were.
]]
local place = ARGV[2]
local sets = { schedule = SCHEDULE, retry = RETRY, dead = DEAD }
local laned = string.match(place, '^lane:(.*)$')
local count = 0

local function in_set(key, before, after)
  local score = redis.call('ZSCORE', key, before)
  if not score then
    return false
  end
  -- Without effect, and refused where it could not leave.
  redis.call('ZREM', key, '')
  redis.call('ZADD', key, score, after)
  redis.call('ZREM', key, before)
  return true
end

local function in_hash(key, jid, before, after)
  if redis.call('HGET', key, jid) ~= before then
    return false
  end
  redis.call('HSET', key, jid, after)
  return true
end

local function rewritten(jid, before, after, seen)
  if laned then
    local position = string.match(seen, '/(.*)$')
    return in_set(lanes().key(laned), position .. before, position .. after)
  end
  if sets[place] then
    if not in_set(sets[place], before, after) then
      return false
    end
    in_hash(REPLACEABLE, jid, before, after)
    return true
  end
  if place == 'parked' then
    local queue, key, priority, position, payload = holds().parked(jid)
    if payload ~= before then
      return false
    end
    redis.call('HSET', PARKED, jid, cmsgpack.pack(queue, key, priority, position, after))
    return true
  end
  if place == 'override' then
    local found = redis.call('HGET', OVERRIDES, jid)
    local queue, payload, at, failure, priority, prereqs
    if found then
      queue, payload, at, failure, priority, prereqs = cmsgpack.unpack(found)
    end
    if payload ~= before then
      return false
    end
    redis.call('HSET', OVERRIDES, jid, cmsgpack.pack(queue, after, at, failure, priority, prereqs))
    return true
  end
  -- What stands before the payload is taken over as it is.
  local key = place == 'blocked' and WAITING or FINISHED_JOBS
  local value = redis.call('HGET', key, jid)
  local head = value and string.match(value, '^.-\n.-\n')
  if head and place == 'blocked' then
    head = string.match(value, '^.-\n.-\n.-\n')
  end
  return head and in_hash(key, jid, head .. before, head .. after)
end

local queue = string.match(place, '^queue:')
if not queue then
  for at = 5, #ARGV, 4 do
    if rewritten(ARGV[at], ARGV[at + 1], ARGV[at + 2], ARGV[at + 3]) then
      count = count + 1
    end
  end
  return count
end
local list = PREFIX .. place
local last = redis.call('LLEN', list) - 1 - tonumber(ARGV[3])
local first = math.max(0, last - tonumber(ARGV[4]) + 1)
local indexes = {}
if last >= 0 then
  for offset, payload in ipairs(redis.call('LRANGE', list, first, last)) do
    indexes[payload] = first + offset - 1
  end
end
for at = 5, #ARGV, 4 do
  local index = indexes[ARGV[at + 1]]
  if index then
    redis.call('LSET', list, index, ARGV[at + 2])
    count = count + 1
  end
end
return count

--[[
  Deletes jobs from where they wait, or moves them, unless they have left.

  ARGV[2]  "queue:NAME", "lane:NAME", "parked", "schedule", "retry", "dead", "blocked" or "finished"
  ARGV[3]  "queue", "lane" and "dead" move, "lane" from a list to where the job belongs; the others
           delete: "r", removed by a person, "c", cancelled, "t", dead for too long
  ARGV[4]  deep in a queue: how many jobs are before the first place to look at, counted from the
           right; else ""
  ARGV[5]  how many places to look at; else ""
  then     per job: jid ("" where there is none), payload, queue, new payload, its priority ("" for
           0), in a lane where it was seen: PRIORITY/POSITION

  To take one job out of a list, Redis compares all that lie before it: milliseconds, deep in a long
  one. What is deep is looked for around the place where it was seen, and overwritten there; then
  all that was overwritten is taken out at once, and only that is a walk through the list. Nobody
  sees the list between the two.

  Returns how many there were, then the numbers, from 0, of those that were not where they were
  looked for: they may be elsewhere in their queue.
]]
local place, to = ARGV[2], ARGV[3]
local queue_from = PREFIX .. place
local laned = string.match(place, '^lane:(.*)$')
local sets = { schedule = SCHEDULE, retry = RETRY, dead = DEAD }

-- One that has moved since it was seen was fetched and given back: it is among the first of its
-- priority.
local function take_from_lane(payload, seen)
  local priority, position = string.match(seen, '^(.-)/(.*)$')
  if redis.call('ZREM', lanes().key(laned), position .. payload) == 1 then
    return true
  end
  for _, member in ipairs(redis.call('ZRANGEBYSCORE', lanes().key(laned), priority, priority, 'LIMIT', 0, 1000)) do
    if lanes().payload(member) == payload then
      return redis.call('ZREM', lanes().key(laned), member) == 1
    end
  end
  return false
end

local function take(jid, payload, seen)
  if laned then
    return take_from_lane(payload, seen)
  end
  if place == 'parked' then
    local _, _, _, _, current = holds().parked(jid)
    if current ~= payload then
      return false
    end
    holds().unpark(jid)
    return true
  end
  if place == 'blocked' then
    local _, _, _, current = blocked().waiting(jid)
    if current ~= payload then
      return false
    end
    blocked().unblock(jid)
    return true
  end
  if place == 'finished' then
    local kept = redis.call('HGET', FINISHED_JOBS, jid)
    -- One that is to run again must not be there twice.
    local is_free = #to == 1 or redis.call('HEXISTS', JOBS, jid) == 0
    return is_free and kept and string.match(kept, '^.-\n.-\n(.*)$') == payload and forget_finished(jid)
  end
  if place == 'dead' and to == 'queue' and holds().any() then
    -- It takes its holds again, or stays.
    if not redis.call('ZSCORE', DEAD, payload) or holds().accept_again(jid) then
      return false
    end
  end
  if sets[place] then
    return redis.call('ZREM', sets[place], payload) == 1
  end
  -- From the right, where the oldest are, and most of what is looked for.
  return redis.call('LREM', queue_from, -1, payload) == 1
end

-- What stands in the place of jobs that are taken out, until this script ends. No job's payload,
-- but as long as one and beginning like one: compared with such a text a list's payloads are read
-- one after the other, not here and there, in half the time.
local function mark_like(payload)
  local now = TIME[1] .. TIME[2]
  return string.sub(payload, 1, -#now - 1) .. now
end

-- Payload → its index, of those among which to look; of equal ones the oldest.
local function look()
  local length = redis.call('LLEN', queue_from)
  local last = length - 1 - tonumber(ARGV[4])
  local first = math.max(0, last - tonumber(ARGV[5]) + 1)
  local found = {}
  if last >= 0 then
    for offset, payload in ipairs(redis.call('LRANGE', queue_from, first, last)) do
      found[payload] = first + offset - 1
    end
  end
  return found, first < length / 2
end

-- The positions in ARGV of jobs that are in their places, which they leave; and what is returned of
-- the others.
local function take_all()
  local taken, missed = {}, {}
  if ARGV[4] == '' then
    for at = 6, #ARGV, 6 do
      if take(ARGV[at], ARGV[at + 1], ARGV[at + 5]) then
        taken[#taken + 1] = at
      end
    end
    return taken, missed
  end
  local indexes, is_left = look()
  local mark = mark_like(ARGV[7])
  for at = 6, #ARGV, 6 do
    local payload = ARGV[at + 1]
    if indexes[payload] then
      redis.call('LSET', queue_from, indexes[payload], mark)
      indexes[payload] = nil
      taken[#taken + 1] = at
    else
      missed[#missed + 1] = (at - 6) / 6
    end
  end
  if #taken > 0 then
    redis.call('LREM', queue_from, is_left and #taken or -#taken, mark)
  end
  return taken, missed
end

if to == 'lane' and not lanes().is_served(string.sub(place, 7)) then
  return { 0 }
end
even_when_full()
-- Where this user may not write to where they go, none is taken: a step without effect says it.
if to == 'queue' then
  redis.call('LPUSH', PREFIX .. 'mandate:nothing', '')
  redis.call('DEL', PREFIX .. 'mandate:nothing')
  for at = 6, #ARGV, 6 do
    redis.call('RPOP', queue_key(ARGV[at + 2]), 0)
    redis.call('SADD', QUEUES, ARGV[at + 2])
  end
elseif to == 'dead' then
  redis.call('ZADD', DEAD, 'XX', 0, '')
end
local taken, missed = take_all()
if laned then
  lanes().after_leaving(laned)
end
for _, at in ipairs(taken) do
  local jid, queue = ARGV[at], ARGV[at + 2]
  if to == 'lane' then
    if not pcall(lanes().add, queue, { ARGV[at + 4], ARGV[at + 1] }) then
      redis.call('RPUSH', queue_from, ARGV[at + 1])
    end
  elseif to == 'queue' then
    if not pcall(push, queue, ARGV[at + 3], ARGV[at + 4]) then
      push(queue, ARGV[at + 3])
    end
    if jid ~= '' then
      redis.call('HSET', JOBS, jid, state_of(jid, 'q'))
    end
  elseif to == 'dead' then
    -- It has left its place: first of all it is there.
    redis.call('ZADD', DEAD, string.format('%.6f', NOW), ARGV[at + 3])
    ends().finish(jid, 'd')
  elseif place ~= 'finished' then
    ends().finish(jid, to)
  end
  if place == 'finished' and #to > 1 then
    -- It begins anew: how it ended is of no interest any more.
    redis.call('ZREM', ENDS, jid)
  end
end
return { #taken, unpack(missed) }

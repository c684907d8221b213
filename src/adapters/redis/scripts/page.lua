--[[
  Reads a page of a queue or a set: as many jobs as are asked for, or as fit into an answer; one at
  least.

  ARGV[2]  "queue", "scheduled", "retry" or "dead"; "before" or "behind": the lanes that are before
           a queue's list, or behind it
  ARGV[3]  the queue's name
  ARGV[4]  of a queue how many were seen before, of a set the score of the last one seen; "" at the
           beginning
  ARGV[5]  the last payload seen, of a lane with its position
  ARGV[6]  how many at most

  A queue is read from the right, where jobs leave meanwhile: the last one seen is not farther from
  there than it was. Where it has left too, reading starts over. The dead are read from the newest
  on.

  Returns {how many were seen before, 1 if not all that was asked for did fit else 0, payloads, of
  sets and lanes with their scores in turns}.
]]
local kind, seen, last, limit = ARGV[2], ARGV[4], ARGV[5], tonumber(ARGV[6])
local sets = { scheduled = SCHEDULE, retry = RETRY, dead = DEAD }
local is_lane = kind == 'before' or kind == 'behind'
local key = sets[kind] or is_lane and lanes().key(ARGV[3]) or queue_key(ARGV[3])
local first, stop = 0, math.huge
if is_lane then
  local before = redis.call('ZCOUNT', key, '-inf', '(0')
  if kind == 'before' then
    stop = before
  else
    first = before
  end
end
if seen ~= '' and kind == 'queue' then
  first = tonumber(seen)
  if redis.call('LINDEX', key, -first) ~= last then
    local index = redis.call('LPOS', key, last, 'RANK', -1, 'MAXLEN', first)
    first = index and redis.call('LLEN', key) - index or 0
  end
elseif seen ~= '' then
  local rank = redis.call(kind == 'dead' and 'ZREVRANK' or 'ZRANK', key, last)
  if rank then
    first = rank + 1
  elseif kind == 'dead' then
    first = redis.call('ZCOUNT', key, '(' .. seen, '+inf')
  else
    first = math.max(first, redis.call('ZCOUNT', key, '-inf', '(' .. seen))
  end
end

local found, left, at, count = {}, 1048576, first, 1
stop = math.min(stop, first + limit)
while at < stop do
  count = math.min(count, stop - at)
  local part
  if kind == 'queue' then
    part = redis.call('LRANGE', key, -(at + count), -(at + 1))
  elseif kind == 'dead' then
    part = redis.call('ZRANGE', key, at, at + count - 1, 'REV', 'WITHSCORES')
  else
    part = redis.call('ZRANGE', key, at, at + count - 1, 'WITHSCORES')
  end
  local from, to, step = 1, #part, 2
  if kind == 'queue' then
    from, to, step = #part, 1, -1
  end
  for place = from, to, step do
    left = left - #part[place]
    if left < 0 and #found > 0 then
      return { first, 1, found }
    end
    found[#found + 1] = part[place]
    if kind ~= 'queue' then
      found[#found + 1] = part[place + 1]
    end
  end
  if (kind == 'queue' and #part or #part / 2) < count then
    break
  end
  if left <= 0 then
    return { first, 1, found }
  end
  at = at + count
  -- Twice as many, or as there is room for, should they be as large as those before.
  count = math.max(1, math.min(2 * count, math.floor((at - first) * left / (1048576 - left + 1))))
end
return { first, 0, found }

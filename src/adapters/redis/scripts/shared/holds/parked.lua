-- Where a job is parked: its queue, key, priority, position and payload.
function made.parked(jid)
  local body = redis.call('HGET', PARKED, jid)
  if body then
    return cmsgpack.unpack(body)
  end
end

-- Lines into which jobs were put in this step: that they are there is written.
local written = {}

local function leave_line(queue, key, member)
  local waiting = line_key(queue, key)
  redis.call('ZREM', waiting, member)
  lined[waiting], written[waiting] = nil, nil
  if redis.call('EXISTS', waiting) == 0 then
    is_awaited(key)
    redis.call('SREM', lines_key(key), 'q' .. queue)
    redis.call('ZREM', made.ready_key(queue), key)
    redis.call('ZREM', FREE_AT, 'q' .. queue .. '\n' .. key)
    after_leaving(key)
  end
  redis.call('ZREM', made.parked_key(queue), member)
  if redis.call('EXISTS', made.parked_key(queue)) == 0 then
    redis.call('SREM', PARKING, queue)
    if redis.call('EXISTS', PREFIX .. 'mandate:fair:' .. queue) == 1 then
      rounds().forget_rounds(queue)
    end
  end
end

-- Without effect, and refused where `unpark` would be: before a job is copied from there to another
-- place.
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

-- Jids, queues and keys of jobs that were parked in this step.
made.now_parked = {}

-- Puts a job into the line of a key: its bytes last. Until then it is where it was. One that comes
-- in a round keeps its position.
function made.park(job, key, free, is_at_head)
  local position = not is_at_head and job.position
  if not position or string.byte(position) ~= 67 then
    local number = redis.call('INCR', SEQUENCE)
    position = string.format(is_at_head and 'A%016.0f' or 'B%016.0f', is_at_head and 9007199254740992 - number or number)
  end
  local member, line = position .. job.jid, 'q' .. job.queue
  local waiting, all = line_key(job.queue, key), made.parked_key(job.queue)
  local is_parked, failure = pcall(function()
    if not written[waiting] then
      is_awaited(key)
      redis.call('ZADD', HELD, 0, key)
      redis.call('SADD', lines_key(key), line)
      redis.call('SADD', PARKING, job.queue)
      redis.call('SADD', QUEUES, job.queue)
    end
    redis.call('ZADD', waiting, job.priority, member)
    redis.call('ZADD', all, job.priority, member)
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
  lined[waiting], lined[all], written[waiting] = true, true, true
  local now = made.now_parked
  now[#now + 1], now[#now + 2], now[#now + 3] = job.jid, job.queue, key
end

-- To the head of the line of a key that a job has no more, where others wait in it. Answers whether
-- they do. What it still has it needs no second time: in line behind others it would wait for
-- itself.
function made.park_again(jid, queue, payload, priority)
  local row = made.row(jid)
  for at = 2, row and #row or 0 do
    local hold = row[at]
    if letter(hold, 3) == 'p' and lacks(jid, hold) and has_line(queue, hold[1]) then
      local job = { jid = jid, queue = queue, payload = payload, priority = priority }
      made.park(job, hold[1], made.free_at(hold) or NOW, true)
      return true
    end
  end
  return false
end

-- The next job of a queue whose key is ready, with all that it has to have: its jid, payload,
-- priority, row, key and position. It is still parked then. `looks` counts what is looked at in vain,
-- and says how large it may be.
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
          return jid, payload, priority, row, key, position
        end
        if hold[1] == key then
          redis.call('ZREM', ready, key)
          if free < math.huge then
            redis.call('ZADD', FREE_AT, microseconds(free), 'q' .. queue .. '\n' .. key)
          end
        else
          made.unpark(jid)
          local job = { jid = jid, queue = queue, payload = payload, priority = priority, position = position }
          made.park(job, hold[1], free)
        end
      end
    end
    looks.left = looks.left - 1
  end
end

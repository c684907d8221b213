-- Queues that are limited as a whole; they are noted where holds of jobs are, by which it is known
-- that there is anything.
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

-- How many jobs of a limited queue may be handed out. Where none may, the queue is told of once one
-- may.
function made.room_in(queue)
  local hold = hold_of_queue(queue)
  local key = hold[1]
  local to, tokens, seconds, burst = limit(hold)
  expire(key)
  local room = to < 0 and math.huge or math.max(0, to - count_of(key))
  if tokens > 0 then
    local slack = SLACK * tokens / seconds
    room = math.min(room, math.max(0, math.floor(tokens_left(key, tokens, seconds, burst) + slack)))
  end
  redis.call('ZREM', made.ready_key(queue), key)
  is_awaited(key)
  if room > 0 then
    redis.call('SREM', lines_key(key), 'q' .. queue)
  else
    local free = made.free_at(hold)
    redis.call('SADD', lines_key(key), 'q' .. queue)
    if free and free < math.huge then
      redis.call('ZADD', FREE_AT, microseconds(free), 'q' .. queue .. '\n' .. key)
    end
  end
  return room
end

-- Whether none of a limited queue's jobs may be handed out.
function made.is_full(queue)
  return made.free_at(hold_of_queue(queue)) ~= nil
end

function made.take_queue(jid, queue)
  local hold = hold_of_queue(queue)
  if jid ~= '' then
    made.let_go_after(jid, hold)
    made.take(jid, hold)
  end
end

-- Nobody waits any longer for the limit of a queue.
function made.await_no_more(queue, key)
  is_awaited(key)
  redis.call('SREM', lines_key(key), 'q' .. queue)
  redis.call('ZREM', made.ready_key(queue), key)
  redis.call('ZREM', FREE_AT, 'q' .. queue .. '\n' .. key)
end

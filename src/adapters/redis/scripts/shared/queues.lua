-- To the end of a queue: pushed on the left, taken from the right. A job with a priority goes to
-- the end of its lane, where somebody looks there; answers with the member then.
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

-- Jobs that Ruby enqueued have no entry, and get none.
local function set_state(jid, state)
  if jid ~= '' and redis.call('HEXISTS', JOBS, jid) == 1 then
    redis.call('HSET', JOBS, jid, state_of(jid, state))
  end
end

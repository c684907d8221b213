-- To the head of its queue, or of its lane if it came from there, or of the line in which others
-- wait for what it had.
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

-- Puts a job straight into the lease of a worker that has nothing to do and takes one of that
-- queue, in whose list nothing waits before it. `lane` is "/PRIORITY", or "". Answers whether
-- somebody has it: it is in the lease before the worker hears of it. Where Redis refuses a step,
-- nobody has.
local function hand_over(queue, lane, payload)
  -- Over a slow link a large one would be asked for before it has arrived, and Redis cuts off
  -- subscribers that are behind with megabytes.
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

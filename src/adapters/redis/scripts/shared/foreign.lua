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

-- Watches those of ARGV's jids, from `first` to `last`, that we never heard of, and that may be
-- unfinished jobs of Ruby's: until a sweep has not seen them for two heartbeats (mandate:foreign).
-- Where little waits they are looked for here and now. Where much does a sweep has to, once; where
-- a Sidekiq process lives, which tells only with its heartbeats what it took, twice.
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

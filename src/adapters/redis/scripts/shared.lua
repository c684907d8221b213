--[[
  What the other scripts start with: names of keys, and the steps they share. Not a script by itself.

  KEYS     the fixed keys, in the order of keys.ts: of them a script is given those that it names, numbered anew
  ARGV[1]  the prefix of every key, "" by default

  Keys that data names are built from the prefix, and share its hash tag:
  queue:NAME, mandate:lease:IDENTITY, mandate:dependents:JID, mandate:prereqs:JID, mandate:freed:NUMBER,
  mandate:sender:ID:NUMBER, mandate:finished:CLASS, mandate:lane:QUEUE, mandate:serving, mandate:unsorted,
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

-- To the head of its queue, or of its lane if it came from there.
local function put_at_head(queue, receipt, payload)
  redis.call('SADD', QUEUES, queue)
  local priority = string.match(receipt, '^%d+:%d+:%d+/(%-?%d+):')
  if priority then
    lanes().put_at_head(queue, priority, payload)
  else
    redis.call('RPUSH', queue_key(queue), payload)
  end
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
    redis.call('DEL', sender .. ARGV[5])
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
-- "release", it waits for none: it goes to the freed list. Answers false where nothing keeps it back, else true, or its entry
-- in that list.
local doomed = {}
local function block(jid, queue, payload, at, failure, prereqs, priority)
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
    redis.call('ZADD', SCHEDULE, at, payload)
  else
    set_state(jid, 'q')
    push(queue, payload, priority)
  end
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
  return count
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

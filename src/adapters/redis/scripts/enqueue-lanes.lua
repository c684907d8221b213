--[[
  Accepts a batch of jobs that wait for nothing, of which some have a priority, as enqueue.lua does.
  Those wait beside their queue's list if a worker of ours looks there, else in the list, where
  Ruby's look.

  ARGV[2..5]  the batch's number: is_repeated in shared/deliveries.lua
  then        per queue: its name, how many, and per job: jid, lane ("" for none), payload without
              the brace at its end; each jid once

  One that comes by itself, and before which no job waits, goes straight to a worker, as in
  enqueue-one.lua.

  Returns how many were new.
]]
-- Where somebody else's value is in place of a queue this fails, and has written nothing.
local at = 6
while at <= #ARGV do
  redis.call('LLEN', queue_key(ARGV[at]))
  redis.call('ZCARD', lanes().key(ARGV[at]))
  at = at + 2 + 3 * tonumber(ARGV[at + 1])
end

if is_repeated() then
  return 0
end

local jids, listed, members = {}, {}, {}

local function accept(queue, first, count)
  local known, states, plain, beside = {}, {}, {}, {}
  for index = 1, count do
    known[index] = ARGV[first + 3 * index - 3]
  end
  known = redis.call('HMGET', JOBS, unpack(known))
  local looks, stamp, is_unsorted = lanes().is_served(queue), ',' .. STAMP, false
  for index = 1, count do
    local jid, priority = ARGV[first + 3 * index - 3], ARGV[first + 3 * index - 2]
    if not known[index] then
      local payload = ARGV[first + 3 * index - 1] .. stamp
      jids[#jids + 1] = jid
      states[#states + 1] = jid
      states[#states + 1] = 'q'
      if priority ~= '' and looks then
        beside[#beside + 1] = priority
        beside[#beside + 1] = payload
      else
        is_unsorted = is_unsorted or priority ~= ''
        plain[#plain + 1] = payload
      end
    end
  end
  if #states == 0 then
    return
  end
  redis.call('HSET', JOBS, unpack(states))
  redis.call('SADD', QUEUES, queue)
  if is_unsorted then
    redis.call('SADD', lanes().unsorted, queue)
  end
  if #ARGV == 10 and #beside == 2 then
    local priority = lanes().priority_of(beside[1])
    local waits = priority >= 0 and redis.call('EXISTS', queue_key(queue)) == 1
    if not waits and hand_over(queue, '/' .. string.format('%.0f', priority), beside[2]) then
      return
    end
  end
  if #plain > 0 then
    redis.call('LPUSH', queue_key(queue), unpack(plain))
    listed[queue] = #plain
  end
  if #beside > 0 then
    members[queue] = lanes().add(queue, beside)
  end
end

-- Where Redis refuses a step, none of the batch is left.
local function undo()
  for queue, count in pairs(listed) do
    redis.pcall('LTRIM', queue_key(queue), count, -1)
  end
  for queue, added in pairs(members) do
    redis.pcall('ZREM', lanes().key(queue), unpack(added))
    pcall(lanes().after_leaving, queue)
  end
end

at = 6
while at <= #ARGV do
  local count = tonumber(ARGV[at + 1])
  local is_done, failure = pcall(accept, ARGV[at], at + 2, count)
  if not is_done then
    undo()
    return not_accepted(failure, jids)
  end
  at = at + 2 + 3 * count
end
return #jids

--[[
  Accepts a batch of jobs that wait for nothing, all or none. One whose jid is known already is left
  out; so is a batch that was accepted before, whose answer was lost: its jobs may be over by now,
  and their jids forgotten.

  ARGV[2..5]  the batch's number: is_repeated in shared/deliveries.lua
  then        per queue: its name, how many, and per job: jid, payload without the brace at its end;
              each jid once

  Returns how many were new.
]]
-- Where somebody else's value is in place of a queue this fails, and has written nothing. The
-- queue's name is there as long as the list is: Sidekiq removes both at once. Now and then it is
-- told again.
local at = 6
while at <= #ARGV do
  local count, length = tonumber(ARGV[at + 1]), redis.call('LLEN', queue_key(ARGV[at]))
  if length == 0 or length % 1024 < count then
    redis.call('SADD', QUEUES, ARGV[at])
  end
  at = at + 2 + 2 * count
end

if is_repeated() then
  return 0
end

-- What was pushed, by queue.
local pushed = {}

local function jids_in(states)
  local jids = {}
  for index = 1, #states, 2 do
    jids[#jids + 1] = states[index]
  end
  return jids
end

local function undo(failure)
  for _, each in ipairs(pushed) do
    redis.pcall('LTRIM', queue_key(each.queue), each.count, -1)
    not_accepted(failure, jids_in(each.states))
  end
  return failure
end

-- Two commands for all of a queue, where each is new. No jid stands twice.
local function push_all(queue, first, count)
  local jids, states, payloads = {}, {}, {}
  for index = 1, count do
    jids[index] = ARGV[first + 2 * index - 2]
  end
  local known = redis.call('HMGET', JOBS, unpack(jids))
  local stamp = ',' .. STAMP
  for index = 1, count do
    if not known[index] then
      payloads[#payloads + 1] = ARGV[first + 2 * index - 1] .. stamp
      states[2 * #payloads - 1] = jids[index]
      states[2 * #payloads] = 'q'
    end
  end
  if #payloads > 0 then
    redis.call('HSET', JOBS, unpack(states))
    local length = redis.pcall('LPUSH', queue_key(queue), unpack(payloads))
    if type(length) == 'table' then
      return not_accepted(length, jids_in(states))
    end
    pushed[#pushed + 1] = { queue = queue, count = #payloads, states = states }
  end
  return #payloads
end

local new = 0
at = 6
while at <= #ARGV do
  local queue, count = ARGV[at], tonumber(ARGV[at + 1])
  local fresh = push_all(queue, at + 2, count)
  if type(fresh) == 'table' then
    return undo(fresh)
  end
  new = new + fresh
  at = at + 2 + 2 * count
end
return new

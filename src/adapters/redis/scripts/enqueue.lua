--[[
  Accepts a batch of jobs that wait for nothing, all or none. One whose jid is known already is left out; so is a batch that
  was accepted before, whose answer was lost: its jobs may be over by now, and their jids forgotten.

  ARGV[2..5]  the batch's number: is_repeated in shared.lua
  then        per queue: its name, how many, and per job: jid, payload without the brace at its end; each jid once

  Returns how many were new.
]]
if is_repeated() then
  return 0
end

-- The queue's name is there as long as the list is: Sidekiq removes both at once. Now and then it is told again.
local function push_all(queue, payloads)
  local length = redis.call('LPUSH', queue_key(queue), unpack(payloads))
  if length <= #payloads or length % 1024 < #payloads then
    redis.call('SADD', QUEUES, queue)
  end
end

-- Straight to a worker that takes a job of that queue, where none waits in front: one way in place of three, and no other
-- idle worker is woken. It is in the worker's lease before the worker hears of it. Should it not hear, it finds the note
-- gone at its next exchange, and looks.
local function hand_over(queue, payload)
  local idle = redis.call('HRANDFIELD', IDLE, 1, 'WITHVALUES')
  if #idle == 0 then
    return false
  end
  local identity = idle[1]
  local number, wanted = string.match(idle[2], '^(%d+)(\n.*)$')
  if wanted ~= '\n*\n' and not string.find(wanted, '\n' .. queue .. '\n', 1, true) then
    return false
  end
  redis.call('HDEL', IDLE, identity)
  if not is_alive(identity) or redis.call('EXISTS', queue_key(queue)) == 1
    or redis.call('SISMEMBER', PAUSED, queue) == 1 then
    return false
  end
  local lease = PREFIX .. 'mandate:lease:' .. identity
  local receipt = number .. ':999999:' .. string.format('%d', math.floor(NOW * 1000)) .. ':' .. queue
  redis.call('HSET', lease, receipt, payload)
  local heard = redis.pcall('PUBLISH', PREFIX .. 'mandate:hand:' .. identity, receipt .. '\n' .. payload)
  if type(heard) == 'number' and heard > 0 then
    redis.call('SADD', QUEUES, queue)
    return true
  end
  redis.call('HDEL', lease, receipt)
  return false
end

local function push_one(queue, jid, head)
  if redis.call('HSETNX', JOBS, jid, 'q') == 0 then
    return 0
  end
  local payload = head .. ',' .. STAMP
  if not hand_over(queue, payload) then
    push_all(queue, { payload })
  end
  return 1
end

-- Two commands for all of them, where each is new. No jid stands twice.
local function push_many(queue, first, count)
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
    push_all(queue, payloads)
  end
  return #payloads
end

local new = 0
local at = 6
while at <= #ARGV do
  local queue, count = ARGV[at], tonumber(ARGV[at + 1])
  at = at + 2
  new = new + (count == 1 and push_one(queue, ARGV[at], ARGV[at + 1]) or count > 1 and push_many(queue, at, count) or 0)
  at = at + 2 * count
end
return new

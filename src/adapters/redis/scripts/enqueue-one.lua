--[[
  Accepts one job that waits for nothing, unless its jid is known or it was accepted before and the
  answer was lost.

  ARGV[2..5]  its number: is_repeated in shared/deliveries.lua
  ARGV[6..8]  the queue's name, the jid, the payload without the brace at its end

  Where no job waits in front, and it is not large, it goes straight to a worker that takes one of
  that queue: one way in place of three, and no other idle worker is woken. It is in the worker's
  lease before the worker hears of it. Should it not hear, it finds the note gone at its next
  exchange, and looks.

  Returns how many were new.
]]
local queue, jid, list = ARGV[6], ARGV[7], PREFIX .. 'queue:' .. ARGV[6]
if is_repeated() or redis.call('HSETNX', JOBS, jid, 'q') == 0 then
  return 0
end
local payload = ARGV[8] .. ',' .. STAMP
local length = redis.pcall('LPUSHX', list, payload)
if type(length) == 'table' then
  -- Somebody else's value is in its place, or this user may not write there.
  return not_accepted(length, { jid })
end
if length > 0 then
  -- The queue's name is there as long as the list is: Sidekiq removes both at once. Now and then it
  -- is told again.
  if length % 1024 == 0 then
    redis.pcall('SADD', QUEUES, queue)
  end
  return 1
end
local named = redis.pcall('SADD', QUEUES, queue)
if type(named) == 'table' then
  return not_accepted(named, { jid })
end

if hand_over(queue, '', payload) then
  return 1
end
local pushed = redis.pcall('LPUSH', list, payload)
return type(pushed) == 'table' and not_accepted(pushed, { jid }) or 1

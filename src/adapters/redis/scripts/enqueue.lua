--[[
  Accepts a batch of jobs, all or none. One whose jid is known already is left out; so is a batch that was accepted
  before, whose answer was lost: its jobs may be over by now, and their jids forgotten.

  ARGV[2]  who sends it
  ARGV[3]  the sender's number for this batch
  ARGV[4]  the lowest of its numbers that it has no answer for: those below are never sent again
  ARGV[5]  seconds from one heartbeat of Sidekiq's to the next
  ARGV[6]  how many jids follow that are prerequisites and may be Ruby's
  then     those jids
  then     per job: jid, queue, payload, due time (epoch seconds, "" for now), what the death of a
             prerequisite does ("release" or "bury"), number of prerequisites, their jids

  Returns how many were new.
]]
local sender = PREFIX .. 'mandate:sender:' .. ARGV[2]
if redis.call('ZADD', sender, ARGV[3], ARGV[3]) == 0 then
  return 0
end
redis.call('ZREMRANGEBYSCORE', sender, '-inf', '(' .. ARGV[4])
redis.call('EXPIRE', sender, 600)

local at = 7 + tonumber(ARGV[6])
admit(7, at - 1, tonumber(ARGV[5]))

local fresh = {}
while at <= #ARGV do
  local count = tonumber(ARGV[at + 5])
  if redis.call('HSETNX', JOBS, ARGV[at], 'q') == 1 then
    fresh[#fresh + 1] = at
  end
  at = at + 6 + count
end

local pushed, order = {}, {}
for _, first in ipairs(fresh) do
  local jid, queue, payload, due = ARGV[first], ARGV[first + 1], ARGV[first + 2], ARGV[first + 3]
  local prereqs = {}
  for index = 1, tonumber(ARGV[first + 5]) do
    prereqs[index] = ARGV[first + 5 + index]
  end
  if #prereqs > 0 and block(jid, queue, payload, due, ARGV[first + 4], prereqs) then
    -- released later
  elseif due ~= '' and tonumber(due) > NOW then
    redis.call('ZADD', SCHEDULE, due, payload)
    redis.call('HSET', JOBS, jid, 's')
  else
    if not pushed[queue] then
      pushed[queue] = {}
      order[#order + 1] = queue
    end
    table.insert(pushed[queue], stamped(payload))
  end
end

for _, queue in ipairs(order) do
  redis.call('SADD', QUEUES, queue)
  redis.call('LPUSH', queue_key(queue), unpack(pushed[queue]))
end
return #fresh

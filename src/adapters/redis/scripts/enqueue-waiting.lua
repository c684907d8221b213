--[[
  Accepts a batch of jobs of which some wait, for a time or for other jobs, or have a jid that makes no second job until ten
  minutes after the first is over; as enqueue.lua does.

  ARGV[2..5]  the batch's number: is_repeated in shared.lua
  ARGV[6]     seconds from one heartbeat of Sidekiq's to the next
  ARGV[7]     how many jids follow that are prerequisites and may be Ruby's
  then        those jids
  then        per job: jid, queue, payload, due time (epoch seconds, "+30" for so many from now, "" for now), what the failure of a
                prerequisite does ("release", "bury" or "cancel"), 1 if the jid is remembered or "", priority ("" for 0), number of
                prerequisites, their jids

  Returns how many were new, and of those that are to be buried at once, since a prerequisite has failed already: the freed list's
  entry, jid, queue and payload of each. Should nobody do it, whoever hands on what is free will.
]]
-- Where somebody else's value is in place of a queue or the schedule this fails, and has written nothing.
redis.call('ZCARD', SCHEDULE)
local first_job = 8 + tonumber(ARGV[7])
local at, seen = first_job, {}
while at <= #ARGV do
  local queue = ARGV[at + 1]
  if not seen[queue] then
    redis.call('LLEN', queue_key(queue))
    seen[queue] = true
  end
  at = at + 8 + tonumber(ARGV[at + 7])
end

if is_repeated() then
  return { 0, {} }
end

-- Of `fresh`, the members of those that are in lanes.
local fresh, to_bury, members = {}, {}, {}

local function accept()
  at = first_job
  admit(8, at - 1, tonumber(ARGV[6]))

  -- Each is known before one of them is held back: a prerequisite may stand behind what waits for it.
  while at <= #ARGV do
    local jid, is_named = ARGV[at], ARGV[at + 5] == '1'
    local is_new = not (is_named and is_over(jid)) and redis.call('HSETNX', JOBS, jid, 'q') == 1
    if is_new then
      fresh[#fresh + 1] = at
    end
    if is_named and redis.call('HEXISTS', JOBS, jid) == 1 then
      redis.call('SADD', NAMED, jid)
      if is_new then
        -- It begins anew: how another of that jid ended is of no interest any more.
        redis.call('ZREM', ENDS, jid)
      end
    end
    at = at + 8 + tonumber(ARGV[at + 7])
  end

  for _, first in ipairs(fresh) do
    local jid, queue, payload, due = ARGV[first], ARGV[first + 1], ARGV[first + 2], ARGV[first + 3]
    if string.byte(due) == 43 then
      due = string.format('%.6f', NOW + tonumber(due))
    end
    local prereqs = {}
    for index = 1, tonumber(ARGV[first + 7]) do
      prereqs[index] = ARGV[first + 7 + index]
    end
    local failure = ARGV[first + 4]
    local is_cancelled = failure == 'cancel' and failed_among(prereqs)
    local held = not is_cancelled and #prereqs > 0 and block(jid, queue, payload, due, failure, prereqs, ARGV[first + 6])
    if is_cancelled then
      finish(jid, 'c')
    elseif held then
      -- Released later.
      if held ~= true then
        -- It is as good as dead: what waits for it in this batch goes by that.
        redis.call('HSET', JOBS, jid, 'd')
        for _, value in ipairs({ held, jid, queue, payload }) do
          to_bury[#to_bury + 1] = value
        end
      end
    elseif due ~= '' and tonumber(due) > NOW then
      redis.call('ZADD', SCHEDULE, due, payload)
      redis.call('HSET', JOBS, jid, 's')
    else
      members[first] = push(queue, payload, ARGV[first + 6])
    end
  end
end

-- Where Redis refuses a step, none of the batch is left.
local function undo()
  local jids = {}
  for _, first in ipairs(fresh) do
    local jid, queue, payload = ARGV[first], ARGV[first + 1], ARGV[first + 2]
    jids[#jids + 1] = jid
    pcall(unblock, jid)
    redis.pcall('ZREM', SCHEDULE, payload)
    if members[first] then
      redis.pcall('ZREM', lanes().key(queue), members[first])
      pcall(lanes().after_leaving, queue)
    else
      redis.pcall('LREM', queue_key(queue), 1, stamped(payload))
    end
    redis.pcall('SREM', NAMED, jid)
  end
  return jids
end

local is_done, failure = pcall(accept)
if not is_done then
  return not_accepted(failure, undo())
end
return { #fresh, to_bury }

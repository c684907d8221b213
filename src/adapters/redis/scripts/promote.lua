--[[
  Moves due jobs to their queues, in the order given; one that another has moved is passed over.

  ARGV[2..]  per job: "schedule" or "retry", payload, jid ("" where there is none), queue, priority
             ("" for 0), the payload in the queue where it is another, else ""

  Returns how many were moved.
]]
even_when_full()
-- Without effect, and refused where a job could not be put back.
redis.call('ZADD', SCHEDULE, 'XX', 0, '')
redis.call('ZADD', RETRY, 'XX', 0, '')

local function ascii_of(text)
  return (text:gsub('[\128-\255]+', ''))
end

-- Bytes that are not UTF-8 came to the client as U+FFFD, and it cannot name the member: it would be
-- due for ever. Those before it have been moved, so that it is among the first.
local function member_like(set, payload)
  if not payload:find('\239\191\189', 1, true) then return nil end
  local wanted = ascii_of(payload)
  for _, member in ipairs(redis.call('ZRANGE', set, 0, 999)) do
    if ascii_of(member) == wanted and redis.call('ZREM', set, member) == 1 then return member end
  end
  return nil
end

local function taken(set, payload)
  if redis.call('ZREM', set, payload) == 1 then return payload end
  return member_like(set, payload)
end

local moved = 0
for at = 2, #ARGV, 6 do
  local set = ARGV[at] == 'retry' and RETRY or SCHEDULE
  local payload = taken(set, ARGV[at + 1])
  if payload then
    local is_pushed, failure = pcall(push, ARGV[at + 3], ARGV[at + 5] ~= '' and ARGV[at + 5] or payload, ARGV[at + 4])
    if not is_pushed then
      -- It is due, whatever it was before.
      redis.call('ZADD', set, string.format('%.6f', NOW), payload)
      return type(failure) == 'table' and failure or redis.error_reply(failure)
    end
    set_state(ARGV[at + 2], 'q')
    moved = moved + 1
  end
end
return moved

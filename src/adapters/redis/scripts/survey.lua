--[[
  Tells which jobs are in a slice of one place, and corrects what the index says of them: Ruby moves
  jobs without it.

  ARGV[2]  who sweeps
  ARGV[3]  seconds for which nobody else may
  ARGV[4]  "queue", "lane", "parked", "schedule", "retry", "dead", "lease" or "work"
  ARGV[5]  the queue's name, also of lanes, the lease's or the Sidekiq process's identity
  ARGV[6]  where the slice begins: "0", or what the one before returned
  ARGV[7]  about how many

  A payload that mentions one jid is that job's; others are read outside. Of a queue slices go from
  the left, where jobs come in, and overlap: those that leave on the right move nothing, and those
  that are deleted move few.

  Returns {}, if another sweeps, or {where the next slice begins or "", jids, payloads, entries of a
  process's work}.
]]
if redis.call('HGET', SWEEP, 'by') ~= ARGV[2] then
  return {}
end
even_when_full()
redis.call('HSET', SWEEP, 'lasts', string.format('%.6f', NOW + tonumber(ARGV[3])))

local kind, name, cursor, count = ARGV[4], ARGV[5], ARGV[6], tonumber(ARGV[7])
local OVERLAP = 20
local sets = { schedule = SCHEDULE, retry = RETRY, dead = DEAD, lane = lanes().key(name), parked = holds().parked_key(name) }
local letters = { queue = 'q', lane = 'q', parked = 'p', schedule = 's', retry = 'r', dead = 'd', lease = 'q' }
local payloads, parked, next_cursor = {}, {}, ''

if kind == 'work' then
  local work = redis.call('HVALS', PREFIX .. name .. ':work')
  if #work == 0 then
    work = redis.call('HVALS', PREFIX .. name .. ':workers')
  end
  return { '', {}, {}, work }
elseif kind == 'queue' then
  local first = tonumber(cursor)
  payloads = redis.call('LRANGE', queue_key(name), first, first + count - 1)
  if #payloads == count then
    next_cursor = string.format('%d', first + count - OVERLAP)
  end
elseif kind == 'lease' then
  local held = redis.call('HGETALL', PREFIX .. 'mandate:lease:' .. name)
  for at = 1, #held, 2 do
    if held[at] ~= 'number' then
      payloads[#payloads + 1] = held[at + 1]
    end
  end
else
  local scanned = redis.call('ZSCAN', sets[kind], cursor, 'COUNT', count)
  next_cursor = scanned[1] == '0' and '' or scanned[1]
  for at = 1, #scanned[2], 2 do
    if kind == 'parked' then
      parked[#parked + 1] = string.sub(scanned[2][at], 18)
    else
      payloads[#payloads + 1] = kind == 'lane' and lanes().payload(scanned[2][at]) or scanned[2][at]
    end
  end
end

local function correct(jid)
  local state = redis.call('HGET', JOBS, jid)
  local letter = string.sub(state or 'b', 1, 1)
  if letter ~= 'b' and (letter ~= letters[kind] or string.find(state, ' ', 1, true)) then
    if kind == 'dead' and letter ~= 'd' then
      ends().finish(jid, 'd')
    else
      redis.call('HSET', JOBS, jid, state_of(jid, letters[kind]))
    end
  end
end

local jids, unread = parked, {}
for _, jid in ipairs(parked) do
  correct(jid)
end
for _, payload in ipairs(payloads) do
  local found = string.gmatch(payload, '"jid"%s*:%s*"([^"\\]*)"')
  local jid = found()
  if jid and not found() then
    jids[#jids + 1] = jid
    correct(jid)
  else
    unread[#unread + 1] = payload
  end
end
return { next_cursor, jids, unread, {} }

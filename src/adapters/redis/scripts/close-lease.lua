--[[
  Ends a lease, and returns what it holds to the heads of the queues, the oldest in front. One that
  ran out is left to recovery: its jobs count as lost.

  ARGV[2]  identity

  Returns how many jobs went back.
]]
local identity = ARGV[2]
if not is_alive(identity) then
  return 0
end
local lease = PREFIX .. 'mandate:lease:' .. identity
-- As even_when_full; and where nothing may leave the lease, nothing is copied from it.
redis.call('HDEL', lease, '')
local held = redis.call('HGETALL', lease)
local jobs = {}
for index = 1, #held, 2 do
  local number, position, _, queue = string.match(held[index], '^(%d+):(%d+):(%d+)/?%-?%d*:(.*)$')
  if number then
    jobs[#jobs + 1] = {
      number = tonumber(number),
      position = tonumber(position),
      queue = queue,
      receipt = held[index],
      payload = held[index + 1],
    }
  end
end
table.sort(jobs, function(a, b)
  if a.number ~= b.number then
    return a.number > b.number
  end
  return a.position > b.position
end)
local any_cancelled, has_holds = redis.call('EXISTS', CANCELLED) == 1, holds().any()
for _, job in ipairs(jobs) do
  -- One that mentions several jids goes back, and its next worker is told.
  local jids = any_cancelled and string.gmatch(job.payload, '"jid"%s*:%s*"([^"\\]*)"')
  local jid = jids and jids()
  if not (jid and not jids() and ends().end_cancelled(jid)) then
    local holder = has_holds and holds().jid_of(job.payload)
    if holder then
      holds().settled(holder, 'release')
    end
    put_at_head(job.queue, job.receipt, job.payload, holder)
  end
  -- Where Redis refuses what follows, it is not in two places.
  redis.call('HDEL', lease, job.receipt)
end
end_lease(identity)
return #jobs

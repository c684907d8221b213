--[[
  Begins a sweep, where there is a reason for one, and nobody else is at it.

  Each heartbeat, while jobs wait for jobs of Ruby's, or for ours and those may go unnoticed: a
  Sidekiq process lives, or the index does not have as many jobs as there are. Seldom, where the
  latter is so and nobody waits.

  ARGV[2]  who asks
  ARGV[3]  seconds from one heartbeat of Sidekiq's to the next
  ARGV[4]  seconds from one sweep to the next where nobody waits

  Returns {}, or {time of the beginning, how many jobs there are, queues, identities of leases, of
  Sidekiq's processes, queues that have lanes, queues of which jobs are parked}.
]]
local foreign, known = redis.call('ZCARD', FOREIGN), redis.call('HLEN', JOBS)
if foreign == 0 and known == 0 then
  return {}
end
local heartbeat = tonumber(ARGV[3])
local began, lasts = unpack(redis.call('HMGET', SWEEP, 'began', 'lasts'))
if lasts and tonumber(lasts) > NOW then
  return {}
end
local blocked = redis.call('ZCARD', BLOCKED)
local present = count_waiting() + redis.call('ZCARD', DEAD) + blocked
local leases = redis.call('ZRANGE', LEASES, 0, -1)
for _, identity in ipairs(leases) do
  local lease = PREFIX .. 'mandate:lease:' .. identity
  present = present + redis.call('HLEN', lease) - redis.call('HEXISTS', lease, 'number')
end
local processes = foreign_processes()
local is_off = known ~= present or #processes > 0
if foreign == 0 and not is_off then
  return {}
end
local is_awaited = foreign > 0 or blocked > 0
-- A little less, or a caller who comes each heartbeat would be refused each second time.
local pause = 0.9 * (is_awaited and heartbeat or tonumber(ARGV[4]))
if began and NOW < tonumber(began) + pause then
  return {}
end
even_when_full()
began = string.format('%.6f', NOW)
redis.call('HSET', SWEEP, 'by', ARGV[2], 'began', began, 'lasts', string.format('%.6f', NOW + 0.9 * heartbeat))
if #processes > 0 then
  redis.call('HSET', SWEEP, 'ruby', began)
end
redis.call('EXPIRE', SWEEP, math.ceil(2 * tonumber(ARGV[4])))
return { began, present, redis.call('SMEMBERS', QUEUES), leases, processes, redis.call('SMEMBERS', LANES), redis.call('SMEMBERS', PARKING) }

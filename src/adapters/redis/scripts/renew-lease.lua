--[[
  Keeps a lease for another while, and shows its worker to Sidekiq's Web UI and API, as Sidekiq's
  heartbeat does.

  ARGV[2]   identity
  ARGV[3]   seconds to live, or "+inf"
  ARGV[4]   what operators see of the worker, JSON; "" leaves it
  ARGV[5]   the same in Sidekiq's words, JSON
  ARGV[6]   concurrency
  ARGV[7]   how many jobs run
  ARGV[8]   "true" if it fetches no more, else "false"
  ARGV[9]   microseconds that the last round trip took
  ARGV[10]  resident memory, KB
  ARGV[11]  what it runs, of the jobs it holds: "all", "some", or "same" as last time
  then      with "some", their receipts

  Returns {0} if the lease ran out before, else {1, a signal for the worker or "", 1 if the memory
  is full else 0}.
]]
local identity = ARGV[2]
if not is_alive(identity) then
  return { 0 }
end
-- Changes nothing, and would need memory. To be tried first: even_when_full opens the door.
local tried = redis.pcall('SETRANGE', PREFIX .. 'mandate:nothing', 0, '')
local is_full = type(tried) == 'table' and string.match(tried.err or '', '^%-?OOM') and 1 or 0
even_when_full()
holds().forget_expired(100)
local expiry = ARGV[3] == '+inf' and '+inf' or string.format('%.6f', NOW + tonumber(ARGV[3]))
redis.call('ZADD', LEASES, expiry, identity)
if ARGV[4] ~= '' then
  redis.call('HSET', WORKERS, identity, ARGV[4])
end

local process = PREFIX .. identity
redis.call('SADD', PROCESSES, identity)
redis.call(
  'HSET', process, 'info', ARGV[5], 'concurrency', ARGV[6], 'busy', ARGV[7], 'quiet', ARGV[8],
  'beat', string.format('%.6f', NOW), 'rtt_us', ARGV[9], 'rss', ARGV[10]
)
redis.call('EXPIRE', process, 60)

-- What it runs. A payload becomes text in JSON, and is not decoded.
local lease = PREFIX .. 'mandate:lease:' .. identity
local held = {}
if ARGV[11] == 'all' then
  held = redis.call('HGETALL', lease)
else
  for index = 12, #ARGV do
    local payload = redis.call('HGET', lease, ARGV[index])
    if payload then
      held[#held + 1] = ARGV[index]
      held[#held + 1] = payload
    end
  end
end
local work = {}
for index = 1, #held, 2 do
  local milliseconds, queue = string.match(held[index], '^%d+:%d+:(%d+)/?%-?%d*:(.*)$')
  if milliseconds then
    work[#work + 1] = string.match(held[index], '^%d+:%d+')
    work[#work + 1] = '{"queue":' .. cjson.encode(queue) .. ',"payload":' .. cjson.encode(held[index + 1])
      .. ',"run_at":' .. string.format('%d', math.floor(milliseconds / 1000)) .. '}'
  end
end
-- Sidekiq 6.4 looks into ":workers", later ones into ":work".
for _, key in ipairs({ process .. ':work', process .. ':workers' }) do
  if ARGV[11] ~= 'same' then
    redis.call('DEL', key)
  end
  for first = 1, #work, 1000 do
    redis.call('HSET', key, unpack(work, first, math.min(first + 999, #work)))
  end
  redis.call('EXPIRE', key, 60)
end

return { 1, redis.call('RPOP', process .. '-signals') or '', is_full }

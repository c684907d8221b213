--[[
  Reads what is due, and when the next job is. Changes nothing: the queue of a job is in its JSON,
  which is read outside.

  ARGV[2]  how many at most; of each set about a megabyte, or one job, since each goes out and back:
           the rest is read after. 0 asks for the earliest time alone, be it due or not

  Returns {time of the earliest that is not due, or when a key may be free that is waited for, or
  "", scheduled and score in turns, retried and score in turns, 1 if keys may be free whose time has
  come else 0}.
]]
local now = string.format('%.6f', NOW)
local function read(key)
  local found, taken, left, count = {}, 0, 1048576, 64
  while taken < tonumber(ARGV[2]) do
    count = math.min(count, tonumber(ARGV[2]) - taken)
    local part = redis.call('ZRANGEBYSCORE', key, '-inf', now, 'WITHSCORES', 'LIMIT', taken, count)
    for place = 1, #part, 2 do
      left = left - #part[place]
      if left < 0 and taken > 0 then
        return found
      end
      taken = taken + 1
      found[#found + 1] = part[place]
      found[#found + 1] = part[place + 1]
    end
    if #part < 2 * count or left <= 0 then
      return found
    end
    -- As many as there is room for, should they be as large as those before.
    count = math.max(1, math.floor(taken * left / (1048576 - left)))
  end
  return found
end
local after = ARGV[2] == '0' and '-inf' or '(' .. now
local function earliest(key)
  return redis.call('ZRANGEBYSCORE', key, after, '+inf', 'WITHSCORES', 'LIMIT', 0, 1)[2]
end
local scheduled, retried = earliest(SCHEDULE), earliest(RETRY)
local next_at = ''
for _, at in ipairs({ scheduled or '', retried or '', earliest(FREE_AT) or '' }) do
  if at ~= '' and (next_at == '' or tonumber(at) < tonumber(next_at)) then
    next_at = at
  end
end
local is_due = ARGV[2] ~= '0' and redis.call('ZCOUNT', FREE_AT, '-inf', now) > 0
return { next_at, read(SCHEDULE), read(RETRY), is_due and 1 or 0 }

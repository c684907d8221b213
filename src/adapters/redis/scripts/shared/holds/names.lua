local function until_key(key)
  return PREFIX .. 'mandate:until:' .. key
end

local function rate_key(key)
  return PREFIX .. 'mandate:rate:' .. key
end

local function lines_key(key)
  return PREFIX .. 'mandate:lines:' .. key
end

local function line_key(queue, key)
  return PREFIX .. 'mandate:line:' .. queue .. '\n' .. key
end

function made.ready_key(queue)
  return PREFIX .. 'mandate:ready:' .. queue
end

function made.parked_key(queue)
  return PREFIX .. 'mandate:parked:' .. queue
end

local function microseconds(time)
  return string.format('%.6f', time)
end

-- Since when a key is held that is taken now: whole microseconds, as a whole number takes Redis less
-- to keep.
local SINCE = string.format('%016.0f', NOW * 1000000)

-- A command with a thousand values at a time. Answers with the sum.
local function in_parts(command, key, values)
  local sum = 0
  for from = 1, #values, 1000 do
    sum = sum + redis.call(command, key, unpack(values, from, math.min(from + 999, #values)))
  end
  return sum
end

local function letter(hold, place)
  return string.sub(hold[2], place, place)
end

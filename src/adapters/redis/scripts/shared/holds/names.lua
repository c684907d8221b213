local function held_key(key)
  return PREFIX .. 'mandate:hold:' .. key
end

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

local function letter(hold, place)
  return string.sub(hold[2], place, place)
end

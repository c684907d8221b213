local TIME = redis.call('TIME')
local NOW = tonumber(TIME[1]) + tonumber(TIME[2]) / 1000000
local STAMP = string.format('"enqueued_at":%d.%03d}', TIME[1], math.floor(TIME[2] / 1000))

-- As appendField in payload.ts: an enqueued_at at the very end is replaced, text of no object is
-- left.
local function stamped(payload)
  if string.sub(payload, 1, 1) ~= '{' or string.sub(payload, -1) ~= '}' then
    return payload
  end
  local kept = string.sub(payload, 1, -2)
  local tail = string.sub(payload, -64)
  local at = string.match(tail, '^.*(),"enqueued_at":[-+.%deE]+}$')
  if at then
    kept = string.sub(payload, 1, #payload - #tail + at - 1)
  end
  return kept .. (string.match(kept, '^{%s*$') and '' or ',') .. STAMP
end

-- Redis refuses a script that is about to write when its memory is full, unless the script has
-- written already. What frees memory, or keeps a worker alive, must go on then: a write without
-- effect opens the door.
local function even_when_full()
  redis.call('DEL', PREFIX .. 'mandate:nothing')
end

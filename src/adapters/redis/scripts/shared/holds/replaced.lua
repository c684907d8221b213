-- A job that may become another is handed out.
function made.hand_out(jid)
  redis.call('SADD', HANDED, jid)
end

-- A job waits for a time: where it may become another it has to be found there.
function made.note_payload(jid, payload)
  local row = made.row(jid)
  if row and row.may_replace then
    redis.call('HSET', REPLACEABLE, jid, payload)
  end
end

-- Jids of accepted jobs that are about to stand in line, by what they wait for.
local coming = {}

function made.comes(jid, line)
  coming[line] = coming[line] or jid
end

-- The oldest holder of a key that waits, or the job in line for it.
local function find_waiting(key)
  for _, jid in ipairs(redis.call('ZRANGE', held_key(key), 0, 99)) do
    local state = string.sub(redis.call('HGET', JOBS, jid) or '', 1, 1)
    if state ~= '' and state ~= 'd' and redis.call('SISMEMBER', HANDED, jid) == 0 then
      return jid
    end
  end
  return redis.call('ZRANGE', PREFIX .. 'mandate:dependents:\nf' .. key, 0, 0)[1] or coming['\nf' .. key]
end

-- Who becomes another where a job comes: its jid, the key, and when it is due at the latest.
function made.to_replace(row)
  for at = 2, #row do
    local hold = row[at]
    local is_full = letter(hold, 3) == 'x' and (made.free_at(hold) or made.is_waited_for(hold[1]))
    local jid = is_full and find_waiting(hold[1])
    if jid then
      local since = redis.call('ZSCORE', held_key(hold[1]), jid)
      return jid, hold[1], hold[9] and (since and since / 1000000 or NOW) + hold[9]
    end
  end
end

-- A job that became another keeps what it has from the enqueueing.
function made.replace_row(jid, row)
  local merged = { row[1] }
  local before = made.row(jid) or { 0 }
  for at = 2, #before do
    if letter(before[at], 1) ~= 'f' then
      merged[#merged + 1] = before[at]
    end
  end
  for at = 2, #row do
    if letter(row[at], 1) == 'f' then
      merged[#merged + 1] = row[at]
    end
  end
  write_row(jid, merged)
  for at = 2, #before do
    after_leaving(before[at][1])
  end
end

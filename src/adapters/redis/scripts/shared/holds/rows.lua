-- By their jids; false where there is none.
local rows = {}

local any

-- Whether any job has holds.
function made.any()
  if any == nil then
    any = redis.call('EXISTS', HOLDS) == 1
  end
  return any
end

local decoded = {}

-- What is kept of a job, of which many may have the same: it is not to be changed.
function made.decode(text)
  if not decoded[text] then
    local row = cjson.decode(text)
    for at = 2, #row do
      row.is_from_enqueue = row.is_from_enqueue or letter(row[at], 1) == 'e'
      row.may_replace = row.may_replace or letter(row[at], 3) == 'x'
    end
    decoded[text] = row
  end
  return decoded[text]
end

-- One that may be changed, and written.
local function copied(row)
  return { unpack(row) }
end

-- Reads what is kept of these jids at once.
function made.read(jids, first, last)
  for from = first, made.any() and last or 0, 1000 do
    local stop = math.min(from + 999, last)
    for offset, text in ipairs(redis.call('HMGET', HOLDS, unpack(jids, from, stop))) do
      rows[jids[from + offset - 1]] = text and made.decode(text)
    end
  end
end

function made.row(jid)
  if rows[jid] == nil then
    local text = jid ~= '' and made.any() and redis.call('HGET', HOLDS, jid)
    rows[jid] = text and made.decode(text)
  end
  return rows[jid]
end

-- The jid of a payload: as a rule it is mentioned once.
function made.jid_of(payload)
  local at, stop = string.find(payload, '"jid"', 1, true)
  if at and string.sub(payload, stop + 1, stop + 2) == ':"' then
    local behind = string.find(payload, '"', stop + 3, true)
    local jid = behind and string.sub(payload, stop + 3, behind - 1)
    if jid and not string.find(jid, '\\', 1, true) and not string.find(payload, '"jid"', behind, true) then
      return jid
    end
  end
  local is_read, record = pcall(cjson.decode, payload)
  if not (is_read and type(record) == 'table' and type(record.jid) == 'string') then
    local noted = redis.call('GET', PREFIX .. 'mandate:stray:' .. redis.sha1hex(payload))
    is_read, record = pcall(cjson.decode, noted or '')
  end
  return is_read and type(record) == 'table' and type(record.jid) == 'string' and record.jid or ''
end

-- Jids and texts of what was accepted.
local kept = {}

-- Writes what was accepted.
function made.keep_accepted()
  for from = 1, #kept, 1000 do
    redis.call('HSET', HOLDS, unpack(kept, from, math.min(from + 999, #kept)))
  end
  kept = {}
end

-- The run of a job lets go of a key when it ends, however: code in it has taken that.
function made.let_go_after(jid, hold)
  local row = copied(made.row(jid) or { 0 })
  row[#row + 1] = hold
  redis.call('HSET', HOLDS, jid, cjson.encode(row))
  any, rows[jid] = true, row
end

-- Somebody takes a key from a job, for good.
function made.forget(jid, key)
  local row = made.row(jid)
  for at = row and #row or 0, 2, -1 do
    if row[at][1] == key and letter(row[at], 1) == 'e' then
      row = copied(row)
      table.remove(row, at)
      rows[jid] = row
      redis.call('HSET', HOLDS, jid, cjson.encode(row))
    end
  end
end

function made.is_expired(row)
  return row[1] > 0 and row[1] <= NOW
end

-- Whether a job takes or leaves something as it is handed out, so that it may not wait in a worker.
function made.wants_turn(row)
  for at = 2, #row do
    if letter(row[at], 1) == 'f' or letter(row[at], 2) == 'b' then
      return true
    end
  end
  return false
end

-- Whether a job may become another while it waits.
function made.is_replaceable(row)
  for at = 2, #row do
    if letter(row[at], 3) == 'x' then
      return true
    end
  end
  return false
end

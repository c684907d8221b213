-- Whether any job has holds, but for locks.
function made.any()
  if any == nil then
    any = redis.call('EXISTS', HOLDS) == 1
  end
  return any
end

local decoded = {}

-- What there is to know of a row: its turns, and whether its job takes or leaves anything as it is
-- handed out, so that it may not wait in a worker; whether it has holds from the enqueueing; whether
-- it may become another while it waits; and whether all that it has is its own, turns or until its
-- end.
local function with_marks(row)
  row.turns, row.is_usual = {}, true
  for at = 2, #row do
    local hold = row[at]
    local from, kept = letter(hold, 1), letter(hold, 2)
    local is_turn = from == 'f' and kept == 's' and hold[5] == 0
    row.turns[#row.turns + 1] = is_turn and hold or nil
    row.wants_turn = row.wants_turn or from == 'f' or kept == 'b'
    row.is_from_enqueue = row.is_from_enqueue or from == 'e'
    row.may_replace = row.may_replace or letter(hold, 3) == 'x'
    row.is_usual = row.is_usual and not row.may_replace and (is_turn or from == 'e' and kept == 'f')
  end
  return row
end

-- What is kept of a job, of which many may have the same: it is not to be changed.
function made.decode(text)
  if not decoded[text] then
    decoded[text] = with_marks(cjson.decode(text))
  end
  return decoded[text]
end

-- One that may be changed, and written.
local function copied(row)
  return { unpack(row) }
end

-- What is kept of these jids, in their order; false where there is nothing, or a lock.
function made.read(jids, first, last)
  local found, at = {}, 0
  for from = first, last, 1000 do
    local stop = math.min(from + 999, last)
    for _, text in ipairs(redis.call('HMGET', HOLDS, unpack(jids, from, stop))) do
      local row = text and (decoded[text] or made.decode(text))
      at = at + 1
      found[at] = row
      -- What is usual is read of many, and of none of them looked at again.
      if row and not row.is_usual then
        rows[jids[first + at - 1]] = row
      end
    end
  end
  return found
end

-- Whether the first of these rows is that of all of them.
local function are_the_same(found, count)
  for place = 2, count do
    if found[place] ~= found[1] then
      return false
    end
  end
  return found[1]
end

-- The rows among those of jobs that were read, each once, and whose they are: as a rule many have the
-- same.
local function group_by_row(jids, found, first, last)
  local count = last - first + 1
  if count <= 1000 and are_the_same(found, count) then
    return { found[1] }, { [found[1]] = { unpack(jids, first, last) } }
  end
  local kinds, groups = {}, {}
  for place = first, last do
    local row = found[place - first + 1]
    local group = groups[row]
    if group then
      group[#group + 1] = jids[place]
    elseif row then
      kinds[#kinds + 1], groups[row] = row, { jids[place] }
    end
  end
  return kinds, groups
end

function made.row(jid)
  if rows[jid] == nil then
    local text = jid ~= '' and made.any() and redis.call('HGET', HOLDS, jid)
    local key = not text and jid ~= '' and locked_key(jid)
    rows[jid] = text and made.decode(text) or key and row_of_lock(key) or false
  end
  return rows[jid]
end

local function write_row(jid, row)
  local key = locked_key(jid)
  if key then
    made.unfold(key)
  end
  redis.call('HSET', HOLDS, jid, text_of(row))
  any, rows[jid] = true, with_marks(row)
end

-- The jid of a payload where it is as it is as a rule: mentioned once, and without escapes. It is
-- looked for from its first letter, which is rare, and not from the quotation mark.
local find, sub, byte = string.find, string.sub, string.byte
local function jid_in(payload)
  local first, stop = find(payload, 'jid":"', 1, true)
  local behind = stop and find(payload, '"', stop + 1, true)
  if behind and byte(payload, first - 1) == 34 and not find(payload, 'jid"', behind, true) then
    local jid = sub(payload, stop + 1, behind - 1)
    return not find(jid, '\\', 1, true) and jid
  end
end

function made.jid_of(payload)
  local jid = jid_in(payload)
  if jid then
    return jid
  end
  local is_read, record = pcall(cjson.decode, payload)
  if not (is_read and type(record) == 'table' and type(record.jid) == 'string') then
    local noted = redis.call('GET', PREFIX .. 'mandate:stray:' .. redis.sha1hex(payload))
    is_read, record = pcall(cjson.decode, noted or '')
  end
  return is_read and type(record) == 'table' and type(record.jid) == 'string' and record.jid or ''
end

-- Those of many, and how long these are together.
function made.jids_of(payloads)
  local jids, bytes = {}, 0
  for place = 1, #payloads do
    local payload = payloads[place]
    jids[place], bytes = jid_in(payload) or made.jid_of(payload), bytes + #payload
  end
  return jids, bytes
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
  write_row(jid, row)
end

-- Somebody takes a key from a job, for good.
function made.forget(jid, key)
  local row = made.row(jid)
  for at = row and #row or 0, 2, -1 do
    if row[at][1] == key and letter(row[at], 1) == 'e' then
      row = copied(row)
      table.remove(row, at)
      write_row(jid, row)
    end
  end
end

function made.is_expired(row)
  return row[1] > 0 and row[1] <= NOW
end

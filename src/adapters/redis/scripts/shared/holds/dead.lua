-- Whether a dead job that is tried again takes a hold once more, where it has it no more.
local function comes_again(hold)
  return letter(hold, 1) == 'e' and letter(hold, 4) == 'f' and string.find('bsfo', letter(hold, 2), 1, true) ~= nil
end

-- Of a dead job, the first hold that it would have to take again and cannot.
local function lacking(jid, row, from)
  for at = from, #row do
    local hold = row[at]
    if comes_again(hold) and not made.is_held_by(jid, hold[1]) then
      if made.free_at(hold) or made.is_waited_for(hold[1]) then
        return at
      end
    end
  end
end

-- Keys that keep a job from going on, and who has them, in turns.
function made.in_the_way(jid)
  local found = {}
  local function add(key)
    found[#found + 1] = key
    found[#found + 1] = redis.call('ZRANGE', held_key(key), 0, 0)[1] or ''
  end
  local _, key = made.parked(jid)
  if key then
    add(key)
  end
  for _, prereq in ipairs(redis.call('SMEMBERS', PREFIX .. 'mandate:prereqs:' .. jid)) do
    if string.byte(prereq) == 10 then
      add(string.sub(prereq, 3))
    end
  end
  local row = string.sub(redis.call('HGET', JOBS, jid) or '', 1, 1) == 'd' and made.row(jid)
  local at = row and lacking(jid, row, 2)
  while at do
    add(row[at][1])
    at = lacking(jid, row, at + 1)
  end
  return found
end

-- A dead job takes again what it had from the enqueueing. Answers whether there is something that
-- it cannot have.
function made.accept_again(jid)
  local row = made.row(jid)
  if not row then
    return false
  end
  if lacking(jid, row, 2) then
    return true
  end
  for at = 2, #row do
    local hold = row[at]
    if letter(hold, 1) == 'e' and letter(hold, 4) == 'f' then
      if made.is_held_by(jid, hold[1]) then
        if letter(hold, 2) == 'o' then
          redis.call('HINCRBY', KEYS_KNOWN, 'd' .. hold[1], -1)
        end
      elseif comes_again(hold) then
        made.take(jid, hold)
      end
    end
  end
  return false
end

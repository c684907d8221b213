-- Whether a job lacks a hold that it has to have as it is handed out.
local function lacks(jid, hold)
  if letter(hold, 1) ~= 'f' then
    return false
  end
  -- A turn was given back when the run before ended, however it did.
  return hold[5] > 0 or letter(hold, 2) == 's' or not made.is_held_by(jid, hold[1])
end

-- The key for which a job would be parked.
function made.begin_would_wait(jid)
  local row = made.row(jid)
  for at = 2, #row do
    if lacks(jid, row[at]) and letter(row[at], 3) == 'p' and made.free_at(row[at]) then
      return row[at][1]
    end
  end
end

-- Takes what a job has to have as it is handed out. Where something is not to be had, nothing is
-- taken: answers with that hold then, and when it will be. Who comes to a queue in which others
-- wait for a key waits behind them.
function made.begin(jid, row, comes_to)
  local lacking = {}
  for at = 2, #row do
    local hold = row[at]
    if lacks(jid, hold) then
      local free = made.free_at(hold)
      if not free and comes_to and has_line(comes_to, hold[1]) then
        free = NOW
      end
      if free then
        return hold, free
      end
      lacking[#lacking + 1] = hold
    end
  end
  for _, hold in ipairs(lacking) do
    made.take(jid, hold)
  end
  made.leave_at_fetch(jid, row)
end

-- How many turns of a key may be taken in all by jobs that do so ahead, and wait for their run in a
-- worker: a quarter of them is left, and many, for whoever comes meanwhile.
local function most_ahead(to)
  return to < 0 and math.huge or math.min(math.floor(to * 3 / 4), to - 100)
end

-- Has the first `count` jobs take their turns all together, and answers how many of those count that
-- are asked for: where none of them has anything else to take or to leave, there are turns for all,
-- and nobody waits for one. Else nothing is taken, and nothing the answer; or where the first ones may
-- take theirs ahead, and are more than are asked for, these do: then how many jobs that are, as well.
-- Where all took theirs ahead, answers last how many more may for the fullest of these keys.
function made.begin_all(jids, found, queue, most, count)
  local kinds, groups = group_by_row(jids, found, 1, count or #found)
  local takers, keys, wanted = {}, {}, 0
  for _, row in ipairs(kinds) do
    if not row.is_usual or row[1] > 0 then
      return
    end
    local group = groups[row]
    for _, hold in ipairs(row.turns) do
      local key = hold[1]
      local of = takers[key]
      if not of then
        if hold[4] > 0 or has_line(queue, key) then
          return
        end
        of = { hold = hold, groups = {}, count = 0 }
        keys[#keys + 1], takers[key] = key, of
      end
      of.groups[#of.groups + 1], of.count = group, of.count + #group
    end
    wanted = wanted + (row.wants_turn and #group or 0)
  end
  local are_ample, are_enough = true, true
  for _, key in ipairs(keys) do
    local of = takers[key]
    local to, tokens = limit(of.hold)
    expire(key)
    if tokens > 0 then
      return
    end
    local taken = to >= 0 and count_of(key) or 0
    of.ahead = most_ahead(to) - taken
    are_ample = are_ample and of.count <= of.ahead
    are_enough = are_enough and (to < 0 or taken + of.count <= to)
  end
  if not are_ample and (wanted > most or not are_enough) then
    local first = 0
    for place, row in ipairs(found) do
      for _, hold in ipairs(row and row.turns or {}) do
        local of = takers[hold[1]]
        of.ahead = of.ahead - 1
        if of.ahead < 0 then
          local are_begun = first > most and made.begin_all(jids, found, queue, most, first)
          return are_begun, first
        end
      end
      first = place
    end
  end
  local spare = math.huge
  for _, key in ipairs(keys) do
    local of = takers[key]
    for _, group in ipairs(of.groups) do
      made.take_all(group, key)
    end
    spare = math.min(spare, of.ahead - of.count)
  end
  return are_ample and 0 or wanted, nil, are_ample and spare
end

-- Lets go of what a job holds until it is handed out, be it only to be discarded.
function made.leave_at_fetch(jid, row)
  for at = 2, #row do
    if letter(row[at], 2) == 'b' and letter(row[at], 1) == 'e' then
      made.give_back(jid, row[at][1])
    end
  end
end

-- A job is handed out to be discarded, because of a key. That is noted until it is settled, for a
-- worker whose answer is lost.
function made.hand_out_refused(jid, row, key)
  made.leave_at_fetch(jid, row)
  made.let_go_after(jid, { key, 'utrf', -1, 0, 0, 0, 0, '' })
end

function made.refused_by(row)
  for at = #row, 2, -1 do
    if letter(row[at], 1) == 'u' then
      return row[at][1]
    end
  end
end

-- A run has ended: "done", "retry", "dead", …; "release" where it did not begin, "recover" where
-- nobody knows.
function made.settled(jid, kind)
  local row = made.row(jid)
  local is_attempt = kind == 'done' or kind == 'retry' or kind == 'dead'
  if row and row.may_replace then
    redis.call('SREM', HANDED, jid)
  end
  for at = row and #row or 0, 2, -1 do
    local hold = row[at]
    local kept = letter(hold, 2)
    if kept == 's' or kept == 'a' and is_attempt then
      made.give_back(hold[8] ~= '' and hold[8] or jid, hold[1])
    end
    if kind == 'release' and (letter(hold, 1) == 'q' or letter(hold, 1) == 'f' and hold[5] > 0) then
      made.return_tokens(hold, 1)
    elseif (kind == 'release' or kind == 'recover') and kept == 'b' and letter(hold, 1) == 'e' then
      if not made.is_waited_for(hold[1]) and not made.free_at(hold) then
        made.take(jid, hold)
      end
    end
    if string.find('cqu', letter(hold, 1), 1, true) then
      row = copied(row)
      table.remove(row, at)
      write_row(jid, row)
    end
  end
  if row and #row == 1 then
    redis.call('HDEL', HOLDS, jid)
    rows[jid] = false
  end
end

-- Jids of those that are over, while many let go of keys together.
local gone = {}

-- As `settled` and `over`, of jobs that are done. What is usual they let go of together.
function made.done(jids, first, last)
  leaving = {}
  local found = made.read(jids, first, last)
  local kinds, groups = group_by_row(jids, found, first, last)
  for _, row in ipairs(kinds) do
    local group = groups[row]
    if row.is_usual then
      for at = 2, #row do
        made.give_back_all(group, row[at][1])
      end
    else
      for _, jid in ipairs(group) do
        made.settled(jid, 'done')
        made.over(jid, 'f')
      end
    end
  end
  local keys = leaving
  leaving = nil
  for _, row in ipairs(kinds) do
    in_parts('HDEL', HOLDS, row.is_usual and groups[row] or {})
  end
  in_parts('HDEL', HOLDS, gone)
  gone = {}
  for from = 1, #keys, 500 do
    forget_left(keys, from, math.min(from + 499, #keys))
  end
end

-- A job is over, or dead: then it keeps what it has until it is over, and one that was dead keeps
-- it for good.
function made.over(jid, fate)
  if fate ~= 'd' and unlock(jid) then
    return
  end
  local row = made.row(jid)
  for at = 2, row and #row or 0 do
    local hold = row[at]
    local kept, holder = letter(hold, 2), hold[8] ~= '' and hold[8] or jid
    if kept == 'o' and made.is_held_by(holder, hold[1]) then
      local was_dead = string.sub(redis.call('HGET', JOBS, jid) or '', 1, 1) == 'd'
      if fate == 'd' and not was_dead then
        made.tell(hold[1])
        redis.call('HINCRBY', KEYS_KNOWN, 'd' .. hold[1], 1)
      elseif fate ~= 'd' and not was_dead then
        made.give_back(holder, hold[1])
      end
    elseif kept == 'o' or kept == 't' or hold[5] > 0 or not made.give_back(holder, hold[1]) then
      after_leaving(hold[1])
    end
  end
  if row and row.may_replace then
    redis.call('SREM', HANDED, jid)
    redis.call('HDEL', REPLACEABLE, jid)
    redis.call('HDEL', OVERRIDES, jid)
  end
  if row and fate ~= 'd' then
    if leaving then
      gone[#gone + 1] = jid
    else
      redis.call('HDEL', HOLDS, jid)
    end
    rows[jid] = false
  end
end

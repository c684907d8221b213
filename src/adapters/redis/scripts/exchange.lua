--[[
  Settles outcomes and fetches jobs for one lease, in one step: no job is ever in two places, or in
  none.

  ARGV[2]  identity
  ARGV[3]  number of this exchange, greater than all before: one that was delayed on the way is
           refused
  ARGV[4]  how many jobs to fetch at most
  ARGV[5]  a random number, to begin with another queue each time where all are asked for
  ARGV[6]  1 if the exchange before noted that it takes a job that comes in
  ARGV[7]  1 if that is to be noted, where there are fewer jobs than asked for
  ARGV[8]  how many queues follow; -1 for all there are
  ARGV[9]  1 if some of these end in a star: they stand for all that begin so
  ARGV[10] how many jobs at most that take or leave something by being fetched
  then     the queues' names
  then     how many counted as processed, how many as failed, today's date (YYYY-MM-DD, UTC)
  then     how many are done; in how many rows; per row: number, milliseconds, queue, first and last
           index of the receipts; the jids of all
  then     per other outcome: kind, receipt, jid, queue, priority ("" for 0), payload, due time
           ("+30" for so many seconds from now), of "block" what a prerequisite's failure does, of
           "done" how it ended (finish in shared/ends.lua), how many follow; of "block" those are
           the prerequisites' jids, of "done" and "dead" what the job leaves, if anything: for how
           many milliseconds, and its text. Releases come newest first.

  A receipt is NUMBER:INDEX:MILLISECONDS:QUEUE, a field of the lease's hash; INDEX has three digits
  at least. Of a job that came from a lane the priority follows:
  NUMBER:INDEX:MILLISECONDS/PRIORITY:QUEUE.

  Returns {"lost"}, or {"late"}, or {milliseconds, flags, refused receipts, [queue, "/PRIORITY" or
  "", payloads, …]}. The flags are the sum of 1 if blocked jobs are free, 2 if jobs were recovered, 4
  if a job may have been handed over since the exchange before, 8 if one may be from now on, 16 if
  jobs may have been left that were too large to come along; and where any job has holds 32 if the
  next job takes or leaves something by being fetched, 64 if jobs did ahead and it may not, 128 if
  there may be jobs whose keys have become free. Then there are besides [how many of the payloads
  come before, the key by which it was refused or "" where it has expired, …], the time at which the
  next may be free or "", [jid, queue, key of a job that was parked, …], and as many of those that
  had been and came now.
]]
local identity, number, wanted = ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local limit = wanted
if not is_alive(identity) then
  return { 'lost' }
end
local lease = PREFIX .. 'mandate:lease:' .. identity
if number <= tonumber(redis.call('HGET', lease, 'number') or 0) then
  return { 'late' }
end

-- Makes receipts of their indexes, with what comes before and behind. Lua takes longer to make text
-- of a number than for all the rest, and Redis as long where it is handed one: what came as text goes
-- on as that, and of ten that follow each other the last digit is another.
local function receipts_between(head, tail)
  local digits = { [0] = '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' }
  local tens, prefix
  return function(index)
    local ones = index % 10
    if tens ~= index - ones then
      tens = index - ones
      local count = tens / 10
      prefix = head .. (count > 99 and count or digits[(count - count % 10) / 10] .. digits[count % 10])
    end
    return prefix .. digits[ones] .. tail
  end
end

-- What is written to only where jobs have what few have.
local NONE = {}

-- Lua hands over some thousands of values at once and no more: what it cannot would be lost,
-- between queue and lease.
local function in_slices(call, command, key, values, first, last)
  local reply
  for from = first, last, 1000 do
    reply = call(command, key, unpack(values, from, math.min(from + 999, last)))
  end
  return reply
end

-- One question for what is mostly not there. It may come to be there by what is blocked or dies
-- below.
local rare = redis.call('EXISTS', PAUSED, FREED, RECOVERIES, BLOCKED, CANCELLED, NAMED, LANES, HOLDS, LOCKED, COUNTED)
-- What most fetches do without is made where it is needed: that takes as long as a fetch.
local lanes, rounds, holds, replacing, ends, blocked, batches, any_counted, keep_handed
local note_failure, set_state, schedule_or_push, put_at_head, free_dependents
if rare > 0 then
  lanes, rounds, holds, replacing, ends, blocked, batches, any_counted, note_failure, set_state, schedule_or_push, put_at_head, free_dependents, keep_handed = shared()
end
-- Of four of those that keep nothing from being simple each counts twice as often as the one before.
local simple = rare > 0
    and redis.call('EXISTS', NAMED, LANES, LANES, HOLDS, HOLDS, HOLDS, HOLDS, LOCKED, LOCKED, LOCKED, LOCKED, LOCKED, LOCKED, LOCKED, LOCKED)
  or 0
local has_named, has_lanes, has_holds, has_locks = simple % 2 == 1, simple % 4 > 1, simple % 8 > 3, simple > 7
local others = rare - (has_named and 1 or 0) - (has_lanes and 1 or 0) - (has_holds and 1 or 0) - (has_locks and 1 or 0)
local has_counted = others > 0 and any_counted()
local is_simple = others == (has_counted and 1 or 0)

-- Whoever took the note away has handed a job over, or tried to.
local was_handed = ARGV[6] == '1' and redis.call('HDEL', IDLE, identity) == 0

local at = 11
local queues = {}
local named = tonumber(ARGV[8])
for index = 1, named do
  queues[index] = ARGV[at]
  at = at + 1
end

-- What workers wait for is noted as it was listed: there may be other queues then.
local listed = queues

local processed, failed, today = ARGV[at], ARGV[at + 1], ARGV[at + 2]
local done, rows = tonumber(ARGV[at + 3]), tonumber(ARGV[at + 4])
at = at + 5

local refused = {}
local any_cancelled = not is_simple and redis.call('EXISTS', CANCELLED) == 1

-- A receipt is settled once: what is late was refused above, and after a lost reply the caller asks
-- first (adopt.lua).
if done > 0 then
  local receipts = {}
  for row = at, at + 5 * rows - 1, 5 do
    local receipt_of = receipts_between(ARGV[row] .. ':', ':' .. ARGV[row + 1] .. ':' .. ARGV[row + 2])
    local next = #receipts + 1
    for index = tonumber(ARGV[row + 3]), tonumber(ARGV[row + 4]) do
      receipts[next] = receipt_of(index)
      next = next + 1
    end
  end
  at = at + 5 * rows
  if any_cancelled then
    in_slices(redis.call, 'ZREM', CANCELLED, ARGV, at, at + done - 1)
  end
  if has_locks then
    holds().unlock_all(ARGV, at, at + done - 1)
  end
  if has_holds then
    -- Who waits for a key that becomes free is told of it.
    even_when_full()
    holds().done(ARGV, at, at + done - 1)
  end
  if not is_simple then
    even_when_full()
    -- One question for many: as a rule nobody waits for any of them.
    for from = at, redis.call('EXISTS', BLOCKED) == 1 and at + done - 1 or 0, 1000 do
      local names, last = {}, math.min(from + 999, at + done - 1)
      for index = from, last do
        names[index - from + 1] = PREFIX .. 'mandate:dependents:' .. ARGV[index]
      end
      for index = from, redis.call('EXISTS', unpack(names)) > 0 and last or 0 do
        free_dependents(ARGV[index], 'f')
      end
    end
    if redis.call('EXISTS', RECOVERIES) == 1 then
      in_slices(redis.call, 'HDEL', RECOVERIES, ARGV, at, at + done - 1)
    end
  end
  for from = at, has_named and at + done - 1 or 0, 1000 do
    ends().all_named_are_done({ unpack(ARGV, from, math.min(from + 999, at + done - 1)) })
  end
  if has_counted then
    batches().leave(ARGV, at, at + done - 1)
  else
    in_slices(redis.call, 'HDEL', JOBS, ARGV, at, at + done - 1)
  end
  -- Last: where Redis refuses one of these steps, they are settled once more.
  in_slices(redis.call, 'HDEL', lease, receipts, 1, done)
  at = at + done
end

if at <= #ARGV then
  if not lanes then
    lanes, rounds, holds, replacing, ends, blocked, batches, any_counted, note_failure, set_state, schedule_or_push, put_at_head, free_dependents, keep_handed = shared()
  end
  -- As even_when_full; and where nothing may leave the lease, nothing is copied from it.
  redis.call('HDEL', lease, '')
  is_simple = false
end
while at <= #ARGV do
  local kind, receipt, jid, queue = ARGV[at], ARGV[at + 1], ARGV[at + 2], ARGV[at + 3]
  local priority, payload, due, failure = ARGV[at + 4], ARGV[at + 5], ARGV[at + 6], ARGV[at + 7]
  local count = tonumber(ARGV[at + 8])
  if kind == 'release' then
    local held = redis.call('HGET', lease, receipt)
    if held and payload ~= '' then
      redis.call('HDEL', RECOVERIES, jid)
    end
    payload = held and payload ~= '' and payload or held
  end
  if string.byte(due) == 43 then
    due = string.format('%.6f', NOW + tonumber(due))
  end
  -- It leaves the lease last: where Redis refuses one of these steps, the job is still held.
  local is_held = kind == 'release' and payload or kind ~= 'release' and redis.call('HEXISTS', lease, receipt) == 1
  if not is_held then
    refused[#refused + 1] = receipt
  elseif any_cancelled and kind ~= 'done' and ends().end_cancelled(jid) then
    -- However its run has ended.
  elseif kind == 'release' then
    if has_holds then
      holds().settled(jid, kind)
    end
    put_at_head(queue, receipt, payload, has_holds and jid)
  else
    if jid ~= '' then
      redis.call('HDEL', RECOVERIES, jid)
      if has_holds then
        holds().settled(jid, kind)
      end
    end
    -- What it leaves (mandate:result:JID) is there with its end, or not at all.
    if count == 2 and jid ~= '' and kind ~= 'block' then
      local result = PREFIX .. 'mandate:result:' .. jid
      redis.call('SET', result, ARGV[at + 10], 'PX', ARGV[at + 9])
      redis.call('PUBLISH', result, '')
    end
    if kind == 'done' then
      ends().finish(jid, failure)
      if any_cancelled then
        redis.call('ZREM', CANCELLED, jid)
      end
    elseif kind == 'retry' then
      note_failure(jid, payload)
      set_state(jid, 'r')
      if has_holds then
        holds().note_payload(jid, payload)
      end
      redis.call('ZADD', RETRY, due, payload)
    elseif kind == 'requeue' then
      schedule_or_push(jid, queue, payload, due, priority)
    elseif kind == 'dead' then
      ends().bury(jid, payload)
    elseif kind == 'block' then
      local prereqs = {}
      for index = 1, count do
        prereqs[index] = ARGV[at + 8 + index]
      end
      if not blocked().block(jid, queue, payload, due, failure, prereqs, priority) then
        schedule_or_push(jid, queue, payload, due, priority)
      end
    end
  end
  if is_held then
    redis.call('HDEL', lease, receipt)
    has_lanes = has_lanes or priority ~= '' or string.find(receipt, '^%d+:%d+:%d+/') ~= nil
  end
  at = at + 9 + count
end

-- Sidekiq's counters. Those of a day live for five years.
if processed ~= '0' then
  redis.call('INCRBY', PREFIX .. 'stat:processed', processed)
  if redis.call('INCRBY', PREFIX .. 'stat:processed:' .. today, processed) == tonumber(processed) then
    redis.call('EXPIRE', PREFIX .. 'stat:processed:' .. today, 157680000)
  end
end
if failed ~= '0' then
  redis.call('INCRBY', PREFIX .. 'stat:failed', failed)
  if redis.call('INCRBY', PREFIX .. 'stat:failed:' .. today, failed) == tonumber(failed) then
    redis.call('EXPIRE', PREFIX .. 'stat:failed:' .. today, 157680000)
  end
end

-- An answer is so long, or one job: over a slow link the worker's other jobs wait for it. Large
-- ones are moved within Redis as well, so that it takes a few to see how large they are.
local MOST_BYTES, FIRST = 1048576, 64
local left, is_cut = MOST_BYTES, false

-- To the head of its queue, from that place on. What stays in the list was taken. Of a lane (no
-- `key`) nothing has left yet.
local function put_back(key, payloads, from)
  for place = #payloads, from, -1 do
    if key then
      redis.call('RPUSH', key, payloads[place])
    end
    payloads[place] = nil
  end
end

-- Written together with what is fetched, or by itself at the end.
local held = { 'number', ARGV[3] }
local fetched = {}
local milliseconds = string.format('%d', math.floor(NOW * 1000))

-- Queues with lanes. Somebody may have removed their names from the others: Ruby does with a queue
-- that is cleared.
local laned, next_of_lanes, unread, leave_lanes = NONE, nil, nil, nil
if has_lanes then
  laned = {}
  for _, queue in ipairs(redis.call('SMEMBERS', LANES)) do
    laned[queue] = true
  end

  -- The next jobs of one priority, up to a priority ('0', or '+inf'), "/PRIORITY", and where some
  -- come in rounds their positions; what was read of them at once is kept. They leave the lanes
  -- last, all together.
  local members, at, seen, leaving = {}, 1, 0, {}
  next_of_lanes = function(queue, last, asked)
    if at > #members then
      members = redis.call('ZRANGEBYSCORE', lanes().key(queue), '-inf', last, 'WITHSCORES', 'LIMIT', seen, asked)
      at, seen = 1, seen + #members / 2
    end
    local score, payloads, first = members[at + 1], {}, at
    while at < #members and members[at + 1] == score do
      payloads[#payloads + 1] = lanes().payload(members[at])
      if has_holds then
        leaving[#leaving + 1] = members[at]
      end
      at = at + 2
    end
    -- Those that come in rounds are the last of their priority.
    local positions = score and string.byte(members[at - 2]) == 67 and {} or nil
    for place = first, positions and at - 2 or 0, 2 do
      positions[#positions + 1] = string.sub(members[place], 1, 17)
    end
    return score and payloads, '/' .. (score or ''), positions
  end
  unread = function(count)
    at = at - 2 * count
    for place = #leaving, has_holds and #leaving - count + 1 or math.huge, -1 do
      leaving[place] = nil
    end
  end
  leave_lanes = function(queue, taken)
    if has_holds then
      -- Others may have come to stand between them: jobs that became others.
      in_slices(redis.call, 'ZREM', lanes().key(queue), leaving, 1, taken)
    elseif taken > 0 then
      redis.call('ZREMRANGEBYRANK', lanes().key(queue), 0, taken - 1)
    end
    lanes().after_leaving(queue)
    members, at, seen, leaving = {}, 1, 0, {}
  end
end

-- Of each job that is handed out without its turns: how many payloads come before, and why.
local marks, wants_turn, is_over, turns = NONE, false, false, tonumber(ARGV[10])
-- Whether jobs took turns ahead, and others are left for which there are not as many; and for how
-- many more of that kind there are.
local were_ahead, most_ahead = false, math.huge
-- Whether the jobs before those that are asked for took turns, so that these may want some as well:
-- what there is none for would be taken out in vain.
local took_turns = has_holds
local unparked, parking, limited, looks, hand_out_ready, sieve = NONE, NONE, NONE, NONE, nil, nil
-- Jids of those that became others, and are still noted as what they were where they come from.
local applied = NONE
-- Whether a job that became another went elsewhere.
local has_moved = false
if has_holds and limit > 0 then
  marks, unparked, parking, looks, applied = {}, {}, {}, { left = 28 }, {}
  holds().come_due(100)
  for _, queue in ipairs(redis.call('SMEMBERS', PARKING)) do
    parking[queue] = true
  end
  limited = holds().limited_queues()
end

if limit > 0 then
  local all
  if named < 0 or ARGV[9] == '1' then
    all = has_lanes and redis.call('SUNION', QUEUES, LANES) or redis.call('SMEMBERS', QUEUES)
  end
  if named < 0 then
    local first = tonumber(ARGV[5]) % math.max(#all, 1)
    for index = 1, #all do
      queues[index] = all[(first + index - 1) % #all + 1]
    end
  elseif ARGV[9] == '1' then
    -- An entry with a star becomes the queues that begin so, but for those that another entry fits
    -- better: the one with the queue's own name, else the longest. Of one entry another queue comes
    -- first each time (served-queues.ts).
    local of, prefixes = {}, {}
    for _, name in ipairs(listed) do
      local prefix = string.match(name, '^(.*)%*$')
      of[name] = prefix and {} or { name }
      prefixes[#prefixes + 1] = prefix
    end
    table.sort(prefixes, function(one, other)
      return #one > #other
    end)
    for index = 1, #all do
      local queue = all[(tonumber(ARGV[5]) + index) % #all + 1]
      if not of[queue] or string.sub(queue, -1) == '*' then
        for _, prefix in ipairs(prefixes) do
          if string.sub(queue, 1, #prefix) == prefix then
            table.insert(of[prefix .. '*'], queue)
            break
          end
        end
      end
    end
    queues = {}
    for _, name in ipairs(listed) do
      for _, queue in ipairs(of[name]) do
        queues[#queues + 1] = queue
      end
    end
  end
  local paused = NONE
  if not is_simple then
    paused = {}
    for _, queue in ipairs(redis.call('SMEMBERS', PAUSED)) do
      paused[queue] = true
    end
  end
  local index, note_round, next_in_turn = 0, nil, nil

  -- A job is handed out. Answers whether it has a key, and comes in a round.
  if has_lanes or has_holds then
    note_round = function(queue, lane, positions, place)
      return positions and string.byte(positions[place]) == 67 and rounds().hand_out_round(queue, string.sub(lane, 2), positions[place])
    end
  end

  if has_holds then
    -- Of the jobs that have left their place those that may be handed out; the others are parked.
    -- And from which one on they go back, if any do, and why, where Redis refuses something.
    sieve = function(payloads, queue, lane, positions)
      local jids, passed, room, bytes, rows = nil, {}, left, 0, nil
      local is_read, taken, first, spare = pcall(function()
        jids, bytes = holds().jids_of(payloads)
        rows = holds().read(jids, 1, #jids)
        if not limited[queue] and bytes <= left then
          return holds().begin_all(jids, rows, queue, turns)
        end
      end)
      if not is_read then
        for place, row in ipairs(rows or {}) do
          if row and row.is_usual then
            pcall(holds().settled, jids[place], 'release')
          end
        end
        return passed, 1, taken
      end
      if taken then
        turns = turns - taken
        for place = 1, positions and (first or #payloads) or 0 do
          note_round(queue, lane, positions, place)
        end
        if first then
          were_ahead, is_over = true, true
          -- By themselves: there may be more than Lua unpacks.
          for place = 1, first do
            passed[place] = payloads[place]
          end
          return passed, first + 1
        end
        most_ahead = spare or math.huge
        return payloads
      end
      for place, payload in ipairs(payloads) do
        local jid, row = jids[place], rows[place]
        local is_parked, is_discarded, is_other = false, false, false
        if looks.left > 0 and row and row.may_replace then
          local is_applied, becomes = pcall(replacing().apply, jid, queue, string.match(lane, '%-?%d+') or 0)
          if not is_applied then
            return passed, place, becomes
          end
          if becomes == true then
            is_parked, has_moved = true, true
          elseif becomes then
            is_other, payload = true, becomes
          end
        end
        room = is_parked and room or room - #payload
        if room < 0 and index + #passed > 0 or looks.left == 0 then
          is_cut = true
          return passed, place
        end
        local wants = row and row.wants_turn
        if not is_parked and (wants or limited[queue]) then
          if wants and holds().is_expired(row) then
            marks[#marks + 1], marks[#marks + 2] = index + #passed, ''
            is_discarded = true
            pcall(holds().leave_at_fetch, jid, row)
          elseif turns <= 0 then
            wants_turn, is_over = true, true
            return passed, place
          elseif limited[queue] and holds().is_full(queue) then
            return passed, place
          else
            local is_done, hold, free = true, nil, nil
            if wants then
              is_done, hold, free = pcall(holds().begin, jid, row, queue)
            end
            if is_done and hold and string.sub(hold[2], 3, 3) == 'p' then
              local job = { jid = jid, queue = queue, payload = payload, priority = string.match(lane, '%-?%d+') or 0 }
              job.position = positions and positions[place]
              is_done, hold = pcall(holds().park, job, hold[1], free)
              is_parked, looks.left, room = true, looks.left - 1, room + #payload
              parking[queue] = true
              if is_done and is_other then
                replacing().forget({ jid })
              end
            elseif is_done and hold then
              marks[#marks + 1], marks[#marks + 2] = index + #passed, hold[1]
              is_discarded = true
              is_done, hold = pcall(holds().hand_out_refused, jid, row, hold[1])
            elseif is_done then
              turns = turns - 1
            end
            if is_done and limited[queue] and not is_parked and not is_discarded then
              is_done, hold = pcall(holds().take_queue, jid, queue)
            end
            if not is_done then
              pcall(holds().settled, jid, 'release')
              return passed, place, hold
            end
          end
        end
        if not is_parked then
          note_round(queue, lane, positions, place)
          passed[#passed + 1] = payload
          if is_other then
            applied[#applied + 1] = jid
          end
          if row and row.may_replace then
            pcall(holds().hand_out, jid)
          end
        end
      end
      return passed
    end

    -- Those of a queue that were parked, and whose keys are ready. Answers with an error where
    -- Redis refuses something.
    hand_out_ready = function(queue)
      while limit > 0 and not is_cut do
        if turns <= 0 then
          wants_turn = redis.call('EXISTS', holds().ready_key(queue)) == 1
          is_over = wants_turn
          return
        end
        if limited[queue] and holds().room_in(queue) == 0 then
          return
        end
        holds().may_unpark()
        looks.room = index > 0 and left or math.huge
        local jid, payload, priority, row, key, position = holds().next_ready(queue, looks)
        if not jid then
          is_cut = looks.is_cut or looks.left == 0
          return
        end
        local lane = tonumber(priority) == 0 and '' or '/' .. priority
        local receipt = receipts_between(ARGV[3] .. ':', ':' .. milliseconds .. lane .. ':' .. queue)(index)
        local stored = redis.pcall('HSET', lease, receipt, payload)
        if type(stored) == 'table' then
          pcall(holds().settled, jid, 'release')
          return stored
        end
        if row and holds().is_expired(row) then
          marks[#marks + 1], marks[#marks + 2] = index, ''
          holds().leave_at_fetch(jid, row)
        else
          turns = turns - 1
          if limited[queue] then
            holds().take_queue(jid, queue)
          end
        end
        fetched[#fetched + 1] = queue
        fetched[#fetched + 1] = lane
        fetched[#fetched + 1] = { payload }
        index, limit, left = index + 1, limit - 1, left - #payload
        note_round(queue, '/' .. priority, { position }, 1)
        holds().unpark(jid)
        unparked[#unparked + 1], unparked[#unparked + 2], unparked[#unparked + 3] = jid, queue, key
        set_state(jid, 'q')
        if row and row.may_replace then
          holds().hand_out(jid)
        end
        is_cut = left <= 0
      end
    end
  end

  if has_lanes then
    -- As next_of_lanes, up to those without a priority, whose keys take turns: the list is as one more
    -- key then, and comes with its name. What was parked and may go on comes before all of them. `turn`
    -- is kept from call to call. Answers with an error last.
    next_in_turn = function(queue, asked, turn)
      local payloads, lane, positions = next_of_lanes(queue, '0', asked)
      if lane ~= '/0' then
        return payloads, lane, positions
      end
      local count, key = #payloads, queue_key(queue)
      if not turn.next then
        turn.next = 0
        if parking[queue] then
          local failure = hand_out_ready(queue)
          if failure or limit == 0 or is_cut or is_over then
            return nil, lane, nil, nil, failure
          end
        end
        turn.is_list = redis.call('LLEN', key) > 0
        turn.next = turn.is_list and rounds().list_round(queue) or 0
      end
      local first, last = positions and rounds().round_at(positions[1]), math.min(count, asked, limit)
      if first and turn.is_list and turn.next <= first then
        unread(count)
        local listed = redis.call('RPOP', key, math.min(asked, limit, first - turn.next + 1))
        if not listed then
          turn.is_list = false
          return next_in_turn(queue, asked, turn)
        end
        turn.next, turn.has_taken = turn.next + #listed, true
        return listed, '', nil, key
      end
      -- What was put back to the head has no round, and goes first.
      while last > 1 and turn.is_list and positions do
        local round = rounds().round_at(positions[last])
        if not round or first and round < turn.next then
          break
        end
        last = last - 1
      end
      if last < count then
        unread(count - last)
        for place = count, last + 1, -1 do
          payloads[place] = nil
        end
      end
      local round = positions and rounds().round_at(positions[last])
      turn.next = math.max(turn.next, (round or 0) + 1)
      return payloads, lane, positions
    end
  end

  -- So many may be taken out at once that few go back.
  local function at_most(queue, asked)
    if took_turns then
      asked = math.min(asked, math.max(1, turns))
    end
    return parking[queue] and math.min(asked, looks.left) or asked
  end

  for _, queue in ipairs(queues) do
    -- The lanes before its list, the list, and those behind it.
    for part = laned[queue] and 1 or 2, laned[queue] and 3 or 2 do
      if part == 2 and parking[queue] and not paused[queue] and not is_over then
        local failure = hand_out_ready(queue)
        if failure then
          return failure
        end
      end
      if limit == 0 or is_cut or is_over or paused[queue] then
        break
      end
      local is_list, asked, from_lane = part == 2, at_most(queue, math.min(limit, FIRST)), 0
      local turn = part == 1 and {}
      if limited[queue] then
        asked = math.min(asked, holds().room_in(queue))
        if asked == 0 then
          break
        end
      end
      local key, lane = is_list and queue_key(queue), ''
      local payloads, positions, refusal
      if is_list then
        payloads = redis.call('RPOP', key, asked == wanted and ARGV[4] or asked)
      else
        -- Without effect, and refused where nothing could leave.
        redis.call('ZREMRANGEBYRANK', lanes().key(queue), 1, 0)
        if turn then
          payloads, lane, positions, key, refusal = next_in_turn(queue, asked, turn)
        else
          payloads, lane, positions = next_of_lanes(queue, '+inf', asked)
        end
      end
      while payloads do
        local receipt_of = receipts_between(ARGV[3] .. ':', ':' .. milliseconds .. lane .. ':' .. queue)
        local next, taken, gone, failure = #held + 1, #payloads, nil, nil
        if sieve then
          local sieved, back
          local before = turns
          sieved, back, failure = sieve(payloads, queue, lane, positions)
          took_turns = turns < before
          gone = back and back - 1 or taken
          if back then
            put_back(key, payloads, back)
          end
          payloads = sieved
        end
        for place, payload in ipairs(payloads) do
          left = left - #payload
          if left < 0 and index > 0 then
            put_back(key, payloads, place)
            is_cut = true
            break
          end
          held[next] = receipt_of(index)
          held[next + 1] = payload
          next = next + 2
          index = index + 1
        end
        if #payloads > 0 then
          local stored = in_slices(redis.pcall, 'HSET', lease, held, 1, #held)
          if type(stored) == 'table' then
            for _, payload in ipairs(sieve and payloads or {}) do
              pcall(function()
                holds().settled(holds().jid_of(payload), 'release')
              end)
            end
            put_back(key, payloads, 1)
            if not is_list then
              leave_lanes(queue, from_lane)
            end
            return stored
          end
          held = {}
          if #applied > 0 then
            replacing().forget(applied)
            applied = {}
          end
          limit = limit - #payloads
          from_lane = from_lane + (key and 0 or gone or #payloads)
          -- The last one that has a key says how far they have come.
          local place = not sieve and positions and #payloads or 0
          while place > 0 and not note_round(queue, lane, positions, place) do
            place = place - 1
          end
          fetched[#fetched + 1] = queue
          fetched[#fetched + 1] = lane
          fetched[#fetched + 1] = payloads
        elseif gone and not key then
          from_lane = from_lane + gone
        end
        if failure then
          if not is_list then
            leave_lanes(queue, from_lane)
          end
          return type(failure) == 'table' and failure or redis.error_reply(failure)
        end
        -- Where one took it all there may be others, or not: whoever asks again finds out.
        is_cut = is_cut or left <= 0 or looks.left == 0
        if is_cut or is_over or limit == 0 or is_list and taken < asked then
          break
        end
        -- As many as there is room for, should they be as large as those before.
        if limited[queue] and holds().room_in(queue) == 0 then
          break
        end
        asked = index == 0 and math.min(limit, FIRST) or math.max(1, math.min(limit, math.floor(index * left / (MOST_BYTES - left))))
        asked = at_most(queue, asked)
        if limited[queue] then
          asked = math.min(asked, holds().room_in(queue))
        end
        if most_ahead <= 0 then
          were_ahead, is_over = true, true
          break
        end
        asked = math.min(asked, most_ahead)
        -- It may be in these lanes, before what was read of them: they are read anew.
        if has_moved and not is_list then
          leave_lanes(queue, from_lane)
          from_lane, has_moved = 0, false
        end
        if is_list then
          payloads = redis.call('RPOP', key, asked)
        elseif turn then
          payloads, lane, positions, key, refusal = next_in_turn(queue, asked, turn)
        else
          payloads, lane, positions = next_of_lanes(queue, '+inf', asked)
        end
      end
      if turn and turn.has_taken then
        rounds().keep_list_round(queue, turn.next - 1)
      end
      if not is_list then
        leave_lanes(queue, from_lane)
      end
      if refusal then
        return refusal
      end
    end
  end
end

if has_lanes or has_holds then
  keep_handed()
end

if #fetched == 0 then
  even_when_full()
  redis.call('HSET', lease, unpack(held))
end

local is_idle = ARGV[7] == '1' and limit > 0 and not is_cut and not is_over
if is_idle then
  local takes = named < 0 and '*' or table.concat(listed, '\n')
  redis.call('HSET', IDLE, identity, ARGV[3] .. '\n' .. takes .. '\n')
end

local flags = (was_handed and 4 or 0) + (is_idle and 8 or 0) + (is_cut and 16 or 0)
if not is_simple then
  flags = flags + 2 * redis.call('EXISTS', RECOVERIES)
end
if not has_holds then
  if not is_simple or has_counted then
    flags = flags + redis.call('EXISTS', FREED)
  end
  return { milliseconds, flags, refused, fetched }
end
local told = holds().told
flags = flags + math.min(1, redis.call('EXISTS', FREED, holds().ready_key('')))
flags = flags + (wants_turn and 32 or were_ahead and 64 or 0)
if #told > 0 then
  flags = flags + 128 * math.min(1, redis.call('EXISTS', unpack(told, 1, math.min(#told, 1000))))
end
local next_at = redis.call('ZRANGE', FREE_AT, 0, 0, 'WITHSCORES')[2] or ''
return { milliseconds, flags, refused, fetched, marks, next_at, holds().now_parked, unparked }

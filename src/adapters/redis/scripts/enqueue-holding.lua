--[[
  Accepts a batch of jobs that wait for nothing, and have to hold something: what is refused where it
  is full, or is taken by the fetch; all or none. One whose jid is known already is left out; so is a
  batch that was accepted before.

  ARGV[2..5]  the batch's number: is_repeated in shared/deliveries.lua
  then        per run of jobs of one queue: its name, how many, and per job: jid, payload without the
              brace at its end, what it has to hold: "=KEY", a lock (shared/holds/locks.lua), or JSON as
              in shared/holds.lua, or ""; each jid once

  Returns {} where all were accepted that were new, else as enqueue-waiting.lua does.
]]
-- Where somebody else's value is in place of a queue this fails, and has written nothing.
local at, queues = 6, {}
while at <= #ARGV do
  local queue = ARGV[at]
  if not queues[queue] then
    queues[queue] = {}
    redis.call('LLEN', queue_key(queue))
  end
  at = at + 2 + 3 * tonumber(ARGV[at + 1])
end

if is_repeated() then
  local refused = answer_before().refused
  return refused and { 0, {}, refused, {} } or {}
end

local byte, sub = string.byte, string.sub

-- Jids of new jobs, and those of them that get locks, with their keys; refusals as they are told.
local fresh, lockers, locks, refused, pushed = {}, {}, {}, {}, {}

local function refuse(jid, key, holder)
  for _, value in ipairs({ jid, key, holder, 'refused' }) do
    refused[#refused + 1] = value
  end
end

-- Which jobs are there already; who has each key that is to be locked: as holds().lockers answers, and
-- whoever gets it here; and the key of each job that is to get a lock.
local function look_up(jids, wanted)
  local known, keys, others, of, own = redis.call('HMGET', JOBS, unpack(jids)), {}, {}, {}, {}
  local count, row_before = 0, nil
  for place = 1, #wanted do
    local text = wanted[place]
    if byte(text) == 61 then
      local key = sub(text, 2)
      count = count + 1
      keys[count], own[place] = key, key
    elseif text ~= '' then
      local row = holds().decode(text)
      for each = 2, row ~= row_before and #row or 0 do
        others[#others + 1] = row[each][1]
      end
      row_before = row
    end
  end
  holds().expect(others)
  for place, locker in ipairs(holds().lockers(keys)) do
    if locker then
      of[keys[place]] = locker
    end
  end
  for _, key in ipairs(others) do
    of[key] = true
  end
  return known, of, own
end

-- What the job before has declared, where it takes nothing yet: the next one may say the same.
local declared

local function accept_fully(jid, row, text)
  local hold, holder
  if row ~= declared then
    hold, holder = holds().refusal(row)
  end
  if hold then
    declared = nil
    refuse(jid, hold[1], holder)
    return false
  end
  declared = not row.is_from_enqueue and row or nil
  holds().accept(jid, text, row)
  return true
end

-- Answers whether a job may come that has no key for itself, and keeps what it holds. `locker` has
-- the key that it is to lock, if any.
local function accept_holder(jid, text, key, locker)
  if not key then
    return text == '' or accept_fully(jid, holds().decode(text), text)
  elseif locker == true then
    return accept_fully(jid, holds().unlocked(key))
  end
  refuse(jid, key, locker)
  return false
end

local function accept()
  local jids, wanted, states = {}, {}, {}
  local place, new = 0, 0
  at = 6
  while at <= #ARGV do
    local last = at + 1 + 3 * tonumber(ARGV[at + 1])
    for first = at + 2, last, 3 do
      place = place + 1
      jids[place], wanted[place] = ARGV[first], ARGV[first + 2]
    end
    at = last + 1
  end
  local known, locker_of, keys = look_up(jids, wanted)
  local stamp, locked = ',' .. STAMP, 0
  at, place = 6, 0
  while at <= #ARGV do
    local payloads, last = queues[ARGV[at]], at + 1 + 3 * tonumber(ARGV[at + 1])
    local count = #payloads
    for first = at + 2, last, 3 do
      place = place + 1
      local jid, key, is_accepted = jids[place], keys[place], false
      local locker = key and locker_of[key]
      if known[place] then
        -- It is there already.
      elseif key and not locker then
        is_accepted, locked = true, locked + 1
        lockers[locked], locks[locked], locker_of[key] = jid, key, jid
      else
        is_accepted = accept_holder(jid, wanted[place], key, locker)
      end
      if is_accepted then
        new, count = new + 1, count + 1
        fresh[new], payloads[count] = jid, ARGV[first + 1] .. stamp
        states[2 * new - 1], states[2 * new] = jid, 'q'
      end
    end
    at = last + 1
  end
  if #refused > 0 then
    keep_answer({ refused = refused })
  end
  if #fresh == 0 then
    return
  end
  redis.call('HSET', JOBS, unpack(states))
  holds().lock(lockers, locks)
  holds().keep_accepted()
  holds().keep_new()
  for queue, payloads in pairs(queues) do
    if #payloads > 0 then
      redis.call('SADD', QUEUES, queue)
      redis.call('LPUSH', queue_key(queue), unpack(payloads))
      pushed[queue] = #payloads
    end
  end
end

-- Where Redis refuses a step, none of the batch is left.
local is_done, failure = pcall(accept)
if not is_done then
  for queue, count in pairs(pushed) do
    redis.pcall('LTRIM', queue_key(queue), count, -1)
  end
  for _, jid in ipairs(fresh) do
    pcall(holds().over, jid, 'r')
  end
  redis.pcall('HDEL', ANSWERS, ARGV[3])
  return not_accepted(failure, fresh)
end
return #refused > 0 and { #fresh, {}, refused, {} } or {}

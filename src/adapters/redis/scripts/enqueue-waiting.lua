--[[
  Accepts a batch of jobs of which some wait, for a time or for other jobs, or have holds, or a jid
  that makes no second job until ten minutes after the first is over; as enqueue.lua does.

  ARGV[2..5]  the batch's number: is_repeated in shared/deliveries.lua
  ARGV[6]     seconds from one heartbeat of Sidekiq's to the next
  ARGV[7]     how many jids follow that are prerequisites and may be Ruby's
  then        those jids
  then        how many documents follow that are to be written, and per document: its name, the
              version that it has to have ("" for none, "any"), text, milliseconds or "", and how
              many jobs come with it: those of the first stand first
  then        per job: jid, queue, payload, due time (epoch seconds, "+30" for so many from now, ""
              for now), what the failure of a prerequisite does ("release", "bury" or "cancel"), 1
              if the jid is remembered or "", priority ("" for 0), what it has to hold, JSON as in
              shared/holds.lua, or "", number of prerequisites, their jids, the batch that counts
              it or ""

  Returns {how many were new, of those that are to be buried at once, since a prerequisite has
  failed already, the freed list's entry, jid, queue and payload of each, of those that were refused
  jid, key, "" or the jid of the holder, and how ("refused" or "replaced"), per document {1, its new
  version}, or, where it is in another version and its jobs were not accepted, {0, version and text,
  if there is one}}; should nobody bury them, whoever hands on what is free will.
]]
-- Where somebody else's value is in place of a queue or the schedule this fails, and has written
-- nothing.
redis.call('ZCARD', SCHEDULE)
local given = 8 + tonumber(ARGV[7])
-- Where each begins.
local documents, jobs = {}, {}
for index = 1, tonumber(ARGV[given]) do
  documents[index] = given + 5 * index - 4
end
local at, seen = given + 1 + 5 * #documents, {}
while at <= #ARGV do
  jobs[#jobs + 1] = at
  local queue = ARGV[at + 1]
  if not seen[queue] then
    redis.call('LLEN', queue_key(queue))
    seen[queue] = true
  end
  at = at + 10 + tonumber(ARGV[at + 8])
end

-- The new versions of documents; none, or 0, of those that are not written.
local versions = {}

local function of_documents()
  local answer = {}
  for index, first in ipairs(documents) do
    if (versions[index] or 0) == 0 then
      answer[index] = { 0, document(ARGV[first]) }
    else
      answer[index] = { 1, string.format('%d', versions[index]) }
    end
  end
  return answer
end

if is_repeated() then
  local said = answer_before()
  versions = said.versions or versions
  return { 0, {}, said.refused or {}, of_documents() }
end

-- Leaves out the jobs of documents that are in another version: these are their jids.
local left = {}
local function choose_jobs()
  local names, expected, fitting, place = {}, {}, {}, 0
  for index, first in ipairs(documents) do
    names[index], expected[index] = ARGV[first], ARGV[first + 1]
  end
  local fits = are_in_versions(names, expected)
  local version = redis.call('INCRBY', SEQUENCE, #documents) - #documents
  for index, first in ipairs(documents) do
    versions[index] = fits[index] and version + index or 0
    for _ = 1, tonumber(ARGV[first + 4]) do
      place = place + 1
      if fits[index] then
        fitting[#fitting + 1] = jobs[place]
      else
        left[#left + 1] = ARGV[jobs[place]]
      end
    end
  end
  jobs = fitting
end

-- Of `fresh`, the members of those that are in lanes, and the lines in which some stand. Of those
-- refused, who holds the key.
local fresh, to_bury, members, lines, refused, holder_of = {}, {}, {}, {}, {}, {}
-- By their queues, those that go to lists. States of new jobs that are not written yet, with their
-- jids.
local listed, states = {}, {}

local function write_states()
  if #states > 0 then
    redis.call('HSET', JOBS, unpack(states))
    states = {}
  end
end

local function redirected(prereqs, jid)
  if #prereqs == 0 then
    return prereqs
  end
  local behind = {}
  for _, prereq in ipairs(prereqs) do
    prereq = holder_of[prereq] or prereq
    behind[#behind + 1] = prereq ~= jid and prereq or nil
  end
  return behind
end

local function prereqs_at(first)
  local prereqs = {}
  for index = 1, tonumber(ARGV[first + 8]) do
    prereqs[index] = ARGV[first + 8 + index]
  end
  return prereqs
end

local function due_at(first, latest)
  local due = ARGV[first + 3]
  if string.byte(due) == 43 then
    due = string.format('%.6f', NOW + tonumber(due))
  end
  if latest and due ~= '' and tonumber(due) > latest then
    due = string.format('%.6f', latest)
  end
  return due
end

-- Of fresh jobs, by their jids, where they stand. What becomes another: fresh ones, by where they
-- stand, and those that were there before.
local stands_at, becomes, replaced = {}, {}, {}

-- Whether a job that waits becomes this one.
local function replaces(first, jid, row)
  write_states()
  local holder, key, latest = holds().to_replace(row)
  if not holder then
    return false
  end
  local is_refused = replacing().would_wait_for(holder, redirected(prereqs_at(first)))
  for _, value in ipairs({ jid, key, holder, is_refused and 'refused' or 'replaced' }) do
    refused[#refused + 1] = value
  end
  holder_of[jid] = holder
  if is_refused then
    return true
  end
  if stands_at[holder] then
    becomes[stands_at[holder]] = { first = first, latest = latest }
    holds().replace_row(holder, row)
  else
    replaced[#replaced + 1] = { first = first, holder = holder, row = row, latest = latest }
  end
  return true
end

local function batch_of(first)
  return ARGV[first + 9 + tonumber(ARGV[first + 8])]
end

-- How many jobs each batch gets, and which batches take none.
local joined, takes = {}, {}

-- Whether the batch of a job takes it.
local function is_taken(first, jid)
  local batch = batch_of(first)
  if batch ~= '' and takes[batch] == nil then
    takes[batch] = batches().takes(batch) and true or false
  end
  if batch ~= '' and not takes[batch] then
    for _, value in ipairs({ jid, 'batch:' .. batch, '', 'refused' }) do
      refused[#refused + 1] = value
    end
    return false
  end
  return true
end

-- Answers whether a job may come, as far as keys go.
local function is_free(first, jid, row)
  local hold, holder = holds().refusal(row)
  if hold then
    for _, value in ipairs({ jid, hold[1], holder, 'refused' }) do
      refused[#refused + 1] = value
    end
    holder_of[jid] = holder
  end
  return not hold and not (row.may_replace and replaces(first, jid, row))
end

local function leave_line(first)
  if lines[first] then
    holds().after_line(lines[first])
  end
end

local function accept()
  if #documents > 0 then
    choose_jobs()
  end
  admit(8, given - 1, tonumber(ARGV[6]))

  -- Each is known before one of them is held back: a prerequisite may stand behind what waits for
  -- it.
  local jids, keys, remembered = {}, {}, {}
  for place, first in ipairs(jobs) do
    jids[place] = ARGV[first]
    remembered[#remembered + 1] = ARGV[first + 5] == '1' and ARGV[first] or nil
    local row = ARGV[first + 7] ~= '' and holds().decode(ARGV[first + 7])
    for each = 2, row and #row or 0 do
      keys[#keys + 1] = row[each][1]
    end
  end
  holds().expect(keys)
  local known = #jids > 0 and redis.call('HMGET', JOBS, unpack(jids)) or {}
  local over, named, anew = ends().are_over(remembered), {}, {}
  for place, at in ipairs(jobs) do
    local jid, is_named = ARGV[at], ARGV[at + 5] == '1'
    local row = ARGV[at + 7] ~= '' and holds().decode(ARGV[at + 7])
    local is_new = not known[place] and not stands_at[jid] and not over[jid]
    is_new = is_new and is_taken(at, jid)
    if is_new and row then
      is_new = is_free(at, jid, row)
    end
    if is_new then
      local batch = batch_of(at)
      states[#states + 1] = jid
      states[#states + 1] = batch == '' and 'q' or 'q-' .. batch
      if batch ~= '' then
        joined[batch] = (joined[batch] or 0) + 1
      end
      fresh[#fresh + 1] = at
      stands_at[jid] = at
      lines[at] = row and holds().accept(jid, ARGV[at + 7], row)
    end
    if is_named and (is_new or known[place]) then
      named[#named + 1] = jid
      anew[#anew + 1] = is_new and jid or nil
    end
  end
  if #named > 0 then
    redis.call('SADD', NAMED, unpack(named))
  end
  if #anew > 0 then
    -- They begin anew: how others of those jids ended is of no interest any more.
    redis.call('ZREM', ENDS, unpack(anew))
  end

  write_states()
  for batch, count in pairs(joined) do
    batches().came(batch, count)
  end
  holds().keep_accepted()
  holds().keep_new()
  for _, each in ipairs(replaced) do
    local first, holder = each.first, each.holder
    replacing().replace(holder, {
      queue = ARGV[first + 1],
      payload = replacing().under_jid(ARGV[first + 2], ARGV[first], holder),
      at = due_at(first, each.latest),
      failure = ARGV[first + 4],
      priority = ARGV[first + 6],
      prereqs = redirected(prereqs_at(first), holder),
      row = each.row,
    })
  end

  for _, first in ipairs(fresh) do
    local jid, other = ARGV[first], becomes[first]
    local own = prereqs_at(first)
    local stands = other and other.first or first
    for _, prereq in ipairs(other and prereqs_at(stands) or {}) do
      own[#own + 1] = prereq
    end
    local prereqs = redirected(own, jid)
    local queue, payload, due = ARGV[stands + 1], ARGV[stands + 2], due_at(stands, other and other.latest)
    if other then
      payload = replacing().under_jid(payload, ARGV[stands], jid)
    end
    local failure, priority = ARGV[stands + 4], ARGV[stands + 6]
    local is_cancelled = failure == 'cancel' and ends().failed_among(prereqs)
    local waits = #prereqs > 0 or lines[first]
    local held = not is_cancelled and waits and blocked().block(jid, queue, payload, due, failure, prereqs, priority, lines[first])
    if is_cancelled then
      ends().finish(jid, 'c')
      leave_line(first)
    elseif held then
      -- Released later.
      if held ~= true then
        -- It is as good as dead: what waits for it in this batch goes by that.
        redis.call('HSET', JOBS, jid, state_of(jid, 'd'))
        for _, value in ipairs({ held, jid, queue, payload }) do
          to_bury[#to_bury + 1] = value
        end
      end
    elseif due ~= '' and tonumber(due) > NOW then
      holds().note_payload(jid, payload)
      redis.call('ZADD', SCHEDULE, due, payload)
      redis.call('HSET', JOBS, jid, state_of(jid, 's'))
    else
      if priority == '' then
        listed[queue] = listed[queue] or {}
        table.insert(listed[queue], stamped(payload))
      else
        members[first] = push(queue, payload, priority)
      end
    end
  end
  for queue, payloads in pairs(listed) do
    redis.call('SADD', QUEUES, queue)
    redis.call('LPUSH', queue_key(queue), unpack(payloads))
  end
  if #documents > 0 or #refused > 0 then
    local outside = {}
    for _, jid in ipairs(left) do
      outside[#outside + 1] = not stands_at[jid] and jid or nil
    end
    keep_answer({
      refused = #refused > 0 and refused or nil,
      versions = #documents > 0 and versions or nil,
      left = #outside > 0 and outside or nil,
    })
  end
  -- Last: what is written cannot be taken back. Whoever sent them tells of them.
  local written = {}
  for index, first in ipairs(documents) do
    if versions[index] ~= 0 then
      written[#written + 1] = { ARGV[first], versions[index], ARGV[first + 2], ARGV[first + 3] }
    end
  end
  write_documents(written)
end

-- Where Redis refuses a step, none of the batch is left.
local function undo()
  local jids = {}
  for _, first in ipairs(fresh) do
    local jid, stands = ARGV[first], becomes[first] and becomes[first].first or first
    local queue, payload = ARGV[stands + 1], ARGV[stands + 2]
    if stands ~= first then
      payload = replacing().under_jid(payload, ARGV[stands], jid)
    end
    jids[#jids + 1] = jid
    pcall(blocked().unblock, jid)
    pcall(leave_line, first)
    pcall(holds().over, jid, 'r')
    pcall(batches().undo, jid)
    redis.pcall('ZREM', SCHEDULE, payload)
    if members[first] then
      redis.pcall('ZREM', lanes().key(queue), members[first])
      pcall(lanes().after_leaving, queue)
    else
      redis.pcall('LREM', queue_key(queue), 1, stamped(payload))
    end
    redis.pcall('SREM', NAMED, jid)
  end
  return jids
end

local is_done, failure = pcall(accept)
if not is_done then
  redis.pcall('HDEL', ANSWERS, ARGV[3])
  return not_accepted(failure, undo())
end
return { #fresh, to_bury, refused, of_documents() }

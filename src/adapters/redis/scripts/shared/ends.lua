-- How jobs end, and what waited for them goes on.
local made_ends
local function ends()
  if made_ends then
    return made_ends
  end
  local made = {}
  made_ends = made

  -- How jobs end that are over without success, and not dead: discarded, cancelled, expired, removed
  -- by a person, trimmed from the dead.
  local UNSUCCESSFUL = 'xcert'

  -- Remembers for an hour how a job ended without success: rare, and asked for by what comes to wait
  -- for it late, and by whoever asks for its status. A score is eight times the second, and the
  -- letter's place.
  local has_trimmed = false

  function made.remember_end(jid, fate)
    local score = math.floor(NOW) * 8 + string.find(UNSUCCESSFUL, fate, 1, true)
    redis.call('ZADD', ENDS, string.format('%d', score), jid)
    if has_trimmed then
      return
    end
    has_trimmed = true
    redis.call('EXPIRE', ENDS, 3600)
    redis.call('ZREMRANGEBYRANK', ENDS, 0, -100001)
    local limit = string.format('%d', (math.floor(NOW) - 3600) * 8)
    local old = redis.call('ZRANGEBYSCORE', ENDS, '-inf', limit, 'LIMIT', 0, 1000)
    if #old > 0 then
      redis.call('ZREM', ENDS, unpack(old))
    end
  end

  -- Remembers for ten minutes that jobs are over whose jids are to make no second one: a thousand at
  -- most.
  local has_trimmed_over = false

  function made.remember_over(jids)
    local members, now = {}, string.format('%.6f', NOW)
    for place, jid in ipairs(jids) do
      members[2 * place - 1], members[2 * place] = now, jid
    end
    redis.call('ZADD', OVER, unpack(members))
    if has_trimmed_over then
      return
    end
    has_trimmed_over = true
    redis.call('EXPIRE', OVER, 600)
    local old = redis.call('ZRANGEBYSCORE', OVER, '-inf', string.format('%.6f', NOW - 600), 'LIMIT', 0, 1000)
    if #old > 0 then
      redis.call('ZREM', OVER, unpack(old))
    end
  end

  -- Which of these are remembered so, by jid.
  function made.are_over(jids)
    local over = {}
    for place, since in ipairs(#jids > 0 and redis.call('ZMSCORE', OVER, unpack(jids)) or {}) do
      over[jids[place]] = since and NOW - tonumber(since) < 600
    end
    return over
  end

  -- What a person took away, or cancelled, was not run to its end: its jid is free again.
  local any_named

  function made.end_of_named(jid, fate)
    if any_named == nil then
      any_named = redis.call('EXISTS', NAMED) == 1
    end
    if any_named and redis.call('SREM', NAMED, jid) == 1 and fate ~= 'c' and fate ~= 'r' then
      made.remember_over({ jid })
    end
  end

  -- As `end_of_named`, of jobs that are done: a thousand at most.
  function made.all_named_are_done(jids)
    local named = {}
    for place, is_named in ipairs(redis.call('SMISMEMBER', NAMED, unpack(jids))) do
      named[#named + 1] = is_named == 1 and jids[place] or nil
    end
    if #named > 0 then
      made.remember_over(named)
      redis.call('SREM', NAMED, unpack(named))
    end
  end

  -- A job is over: "f" (done), "d" (dead), or how else it ended without success. The index says so
  -- last: where Redis refuses one of these steps, the rest is still to be done, by whoever comes
  -- again.
  function made.finish(jid, fate)
    if jid == '' then
      return
    end
    free_dependents(jid, fate)
    holds().over(jid, fate)
    redis.call('HDEL', RECOVERIES, jid)
    if fate == 'd' then
      redis.call('HSET', JOBS, jid, state_of(jid, 'd'))
    else
      if any_counted() then
        batches().leave({ jid })
      end
      if fate ~= 'f' then
        made.remember_end(jid, fate)
      end
      made.end_of_named(jid, fate)
      redis.call('HDEL', JOBS, jid)
    end
  end

  -- One that was cancelled is over, however its run has ended, or before it begins. Answers whether
  -- it was.
  function made.end_cancelled(jid)
    if not redis.call('ZSCORE', CANCELLED, jid) and not (any_counted() and batches().is_cancelled(jid)) then
      return false
    end
    made.finish(jid, 'c')
    redis.call('ZREM', CANCELLED, jid)
    return true
  end

  -- Of Ruby's jobs only those that are watched are known (admit).
  function made.is_unfinished(jid)
    local state = redis.call('HGET', JOBS, jid)
    if state then
      return string.sub(state, 1, 1) ~= 'd'
    end
    if string.sub(jid, 1, 6) == 'batch:' then
      return batches().is_awaited(jid)
    end
    return redis.call('ZSCORE', FOREIGN, jid) and true
  end

  -- The first of `prereqs` that is known to be over without success, and how it ended.
  function made.failed_among(prereqs)
    for _, prereq in ipairs(prereqs) do
      local state = redis.call('HGET', JOBS, prereq)
      if state and string.sub(state, 1, 1) == 'd' then
        return prereq, 'd'
      end
      local score = not state and redis.call('ZSCORE', ENDS, prereq)
      if score then
        local place = tonumber(score) % 8
        return prereq, string.sub(UNSUCCESSFUL, place, place)
      end
      if not state and string.sub(prereq, 1, 6) == 'batch:' and batches().is_missed(prereq) then
        return prereq, 'c'
      end
    end
  end

  -- To the dead, as the last step: until then it is where it was. Without effect, the first is
  -- refused where that would be.
  function made.bury(jid, payload)
    redis.call('ZADD', DEAD, 'XX', 0, '')
    note_failure(jid, payload)
    made.finish(jid, 'd')
    redis.call('ZADD', DEAD, string.format('%.6f', NOW), payload)
  end

  return made
end

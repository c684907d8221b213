local function is_alive(identity)
  local expiry = redis.call('ZSCORE', LEASES, identity)
  return expiry and tonumber(expiry) >= NOW
end

-- Jobs with a priority wait beside their queue's list, in lanes: a sorted set whose score is the
-- priority. A member is a payload behind 17 characters, by which those of one priority are in their
-- order; below 0 they go before the list. What is done with them is made when it is first asked
-- for: a function costs each run of a script, called or not.
local made_lanes
local function lanes()
  if made_lanes then
    return made_lanes
  end
  local made, served = { unsorted = PREFIX .. 'mandate:unsorted', serving = PREFIX .. 'mandate:serving' }, {}
  made_lanes = made

  function made.key(queue)
    return PREFIX .. 'mandate:lane:' .. queue
  end

  function made.payload(member)
    return string.sub(member, 18)
  end

  -- What stands for a worker among those that serve: "=QUEUE\nIDENTITY", or "*PREFIX\nIDENTITY"
  -- where a name ends in a star.
  function made.server(name, identity)
    local prefix = string.match(name, '^(.*)%*$')
    return (prefix and '*' .. prefix or '=' .. name) .. '\n' .. identity
  end

  -- Whether a worker of ours takes jobs of a queue: Ruby's do not see what waits beside its list.
  function made.is_served(queue)
    if served[queue] ~= nil then
      return served[queue]
    end
    served[queue] = false
    for _, first in ipairs({ '=' .. queue .. '\n', '*' }) do
      local offset, found = 0, nil
      repeat
        found = redis.call('ZRANGEBYLEX', made.serving, '[' .. first, '(' .. first .. '\255', 'LIMIT', offset, 8)
        for _, member in ipairs(found) do
          local name, identity = string.match(member, '^.(.*)\n(.-)$')
          local is_meant = string.sub(queue, 1, #name) == name and is_alive(identity)
          if is_meant and redis.call('HGET', PREFIX .. identity, 'quiet') ~= 'true' then
            served[queue] = true
            return true
          end
        end
        offset = offset + 8
      until #found < 8
    end
    return false
  end

  -- To the ends of a queue's lanes; `jobs` has lanes and payloads in turns. Answers with the
  -- members.
  function made.add(queue, jobs)
    local last = redis.call('INCRBY', SEQUENCE, #jobs / 2)
    local is_first = redis.call('SADD', LANES, queue) == 1
    local has_rounds = not is_first and redis.call('EXISTS', PREFIX .. 'mandate:fair:' .. queue) == 1
    local added, members = {}, {}
    for at = 1, #jobs, 2 do
      local number, priority, position = last - (#jobs - at - 1) / 2, jobs[at], nil
      local split = string.find(priority, ':', 1, true)
      if split then
        priority, has_rounds = string.sub(priority, 1, split - 1), true
        position = rounds().give_round(queue, priority, string.sub(jobs[at], split + 1), number)
      elseif has_rounds then
        position = rounds().give_round(queue, priority, nil, number)
      else
        position = string.format('B%016.0f', number)
      end
      local member = position .. jobs[at + 1]
      members[#members + 1] = member
      added[at], added[at + 1] = priority, member
    end
    if has_rounds then
      rounds().keep_rounds()
    end
    redis.call('ZADD', made.key(queue), unpack(added))
    return members
  end

  -- The priority of a lane, where it may have a key as well.
  function made.priority_of(lane)
    return tonumber(string.match(lane, '^%-?%d+') or 0)
  end

  function made.put_at_head(queue, priority, payload)
    local position = string.format('A%016.0f', 9007199254740992 - redis.call('INCR', SEQUENCE))
    redis.call('SADD', LANES, queue)
    redis.call('ZADD', made.key(queue), priority, position .. payload)
  end

  -- To be called where jobs have left the lanes. A name too many costs a look.
  function made.after_leaving(queue)
    local key = made.key(queue)
    local left = redis.call('EXISTS', key, key, PREFIX .. 'mandate:fair:' .. queue)
    if left < 2 then
      redis.pcall('SREM', LANES, queue)
    end
    if left == 1 then
      rounds().forget_rounds(queue)
    end
  end

  return made
end

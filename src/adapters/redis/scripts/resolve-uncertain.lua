--[[
  Finds out whether a batch was accepted whose answer was lost. If it was, its jids make no second
  job until ten minutes after theirs are over; if it was not, it will not be either, should a copy
  of it still be on its way.

  ARGV[2]  which of the sender's sets of numbers the batch's is in; "" where it was accepted for
           sure
  ARGV[3]  its number
  then     its jids

  Returns 1 if it was accepted, else 0.
]]
local answer = false
if ARGV[2] ~= '' then
  local numbers = PREFIX .. 'mandate:sender:' .. ARGV[2]
  local answers = PREFIX .. 'mandate:answers:' .. ARGV[2]
  if redis.call('SISMEMBER', numbers, ARGV[3]) == 0 then
    -- Whoever asks again, for another of its jobs or since the answer was lost, is told the same.
    redis.call('HSET', answers, ARGV[3], cjson.encode({ absent = true }))
    redis.call('SADD', numbers, ARGV[3])
    redis.call('EXPIRE', answers, 1200)
  end
  redis.call('EXPIRE', numbers, 1200)
  answer = redis.call('HGET', answers, ARGV[3])
end
-- Those that were refused, or came with a document in another version, were not accepted, and may come
-- again.
local refused = {}
if answer then
  local said = cjson.decode(answer)
  if said.absent then
    return 0
  end
  for index, jid in ipairs(said.refused or {}) do
    refused[jid] = index % 4 == 1 or refused[jid]
  end
  for _, jid in ipairs(said.left or {}) do
    refused[jid] = true
  end
end
for at = 4, #ARGV do
  local jid = ARGV[at]
  if refused[jid] then
    -- Nothing is known of it.
  elseif redis.call('HEXISTS', JOBS, jid) == 1 then
    redis.call('SADD', NAMED, jid)
  elseif not redis.call('ZSCORE', ENDS, jid) then
    ends().remember_over({ jid })
  end
end
return 1

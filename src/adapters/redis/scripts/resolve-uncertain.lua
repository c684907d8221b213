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
if ARGV[2] ~= '' then
  local numbers = PREFIX .. 'mandate:sender:' .. ARGV[2]
  local is_new = redis.call('SADD', numbers, ARGV[3]) == 1
  redis.call('EXPIRE', numbers, 1200)
  if is_new then
    return 0
  end
end
-- Those that were refused, or came with a document in another version, were not accepted, and may come
-- again.
local answer = ARGV[2] ~= '' and redis.call('HGET', PREFIX .. 'mandate:answers:' .. ARGV[2], ARGV[3])
local refused = {}
if answer then
  local said = cjson.decode(answer)
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
    ends().remember_over(jid)
  end
end
return 1

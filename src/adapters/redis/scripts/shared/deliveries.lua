-- Whether a batch was accepted before. ARGV[2]: who sends it, and which of the sender's sets of
-- numbers this one is in; ARGV[3]: its number; ARGV[4]: 1 if that set is to be kept for twenty
-- minutes from now; ARGV[5]: a set of which no number is sent again, "" for none.
local function is_repeated()
  local sender = PREFIX .. 'mandate:sender:'
  if redis.call('SADD', sender .. ARGV[2], ARGV[3]) == 0 then
    return true
  end
  if ARGV[4] == '1' then
    redis.call('EXPIRE', sender .. ARGV[2], 1200)
  end
  if ARGV[5] ~= '' then
    redis.call('DEL', sender .. ARGV[5], PREFIX .. 'mandate:answers:' .. ARGV[5])
  end
  return false
end

-- What was not as usual of a batch is answered to whoever asks again as it was at first.
local ANSWERS = PREFIX .. 'mandate:answers:' .. ARGV[2]

local function answer_before()
  local answer = redis.call('HGET', ANSWERS, ARGV[3])
  return answer and cjson.decode(answer) or {}
end

local function keep_answer(answer)
  redis.call('HSET', ANSWERS, ARGV[3], cjson.encode(answer))
  redis.call('EXPIRE', ANSWERS, 1200)
end

-- Undoes what was written of a batch that Redis refused half-way: it may be sent again. Answers
-- with the error.
local function not_accepted(failure, jids)
  redis.pcall('SREM', PREFIX .. 'mandate:sender:' .. ARGV[2], ARGV[3])
  for _, jid in ipairs(jids) do
    redis.pcall('HDEL', JOBS, jid)
  end
  return type(failure) == 'table' and failure or redis.error_reply(failure)
end

--[[
  Tells which jobs are not finished.

  ARGV[2]  jid of a job that waits for them, or "". One that was enqueued here has had its
           prerequisites looked for
  ARGV[3]  seconds from one heartbeat of Sidekiq's to the next
  ARGV[4]  how many jids follow that may be Ruby's
  then     those jids
  then     jids

  Returns those of the last jids that are unfinished, in their order.
]]
local first = 5 + tonumber(ARGV[4])
if first > 5 and (ARGV[2] == '' or redis.call('HEXISTS', JOBS, ARGV[2]) == 0) then
  admit(5, first - 1, tonumber(ARGV[3]))
end
local unfinished = {}
for at = first, #ARGV do
  if ends().is_unfinished(ARGV[at]) then
    unfinished[#unfinished + 1] = ARGV[at]
  end
end
return unfinished

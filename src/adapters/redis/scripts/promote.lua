--[[
  Moves due jobs to their queues, in the order given; one that another has moved is passed over.

  ARGV[2..]  per job: "schedule" or "retry", payload, jid ("" where there is none), queue, the payload in the queue
             where it is another, else ""

  Returns how many were moved.
]]
even_when_full()
local moved = 0
for at = 2, #ARGV, 5 do
  local set = ARGV[at] == 'retry' and RETRY or SCHEDULE
  if redis.call('ZREM', set, ARGV[at + 1]) == 1 then
    push(ARGV[at + 3], ARGV[at + 4] ~= '' and ARGV[at + 4] or ARGV[at + 1])
    set_state(ARGV[at + 2], 'q')
    moved = moved + 1
  end
end
return moved

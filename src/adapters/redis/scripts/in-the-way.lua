--[[
  Tells which keys keep a job from going on. Changes nothing.

  ARGV[2]  jid

  Returns [key, who holds it longest or "", …].
]]
return holds().in_the_way(ARGV[2])

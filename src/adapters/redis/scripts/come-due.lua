--[[
  Tells of keys that may be free because a time has come, a token's or that of a holder's end.

  ARGV[2]  how many at most

  Returns how many there were.
]]
even_when_full()
return holds().come_due(tonumber(ARGV[2]))

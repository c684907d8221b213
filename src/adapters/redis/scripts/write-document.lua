--[[
  Writes a document, unless another has written it since it was read.

  ARGV[2]  name
  ARGV[3]  the version that it is to have, "" where there is to be none, "any"
  ARGV[4]  text
  ARGV[5]  milliseconds after which it is forgotten, "" for never
  ARGV[6]  what is told beside its name

  Returns {1, its version}, or {0, the version that it has, its text}, or {0} where there is none.
]]
if are_in_versions({ ARGV[2] }, { ARGV[3] })[1] then
  local version = redis.call('INCR', SEQUENCE)
  write_documents({ { ARGV[2], version, ARGV[4], ARGV[5] } })
  tell_of_documents({ ARGV[2], ARGV[6] })
  return { 1, string.format('%d', version) }
end
return { 0, document(ARGV[2]) }

--[[
  Deletes a document.

  ARGV[2]  name
  ARGV[3]  the version that it is to have; "" for any

  Returns 1 if it was there, in that version, else 0.
]]
local version = document(ARGV[2])
if not version or ARGV[3] ~= '' and version ~= ARGV[3] then
  return 0
end
redis.call('DEL', PREFIX .. 'mandate:document:' .. ARGV[2])
redis.call('ZREM', DOCUMENTS, ARGV[2])
tell_of_documents({ ARGV[2], '' })
return 1

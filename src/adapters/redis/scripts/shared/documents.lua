-- Documents are small texts that have names; the first line is the version, a number of which none
-- comes twice.
local function document(name)
  local value = redis.call('GET', PREFIX .. 'mandate:document:' .. name)
  if value then
    return string.match(value, '^(%d+)\n(.*)$')
  end
end

-- Whether a document is in the version expected: "" where there is to be none, or "any".
local function is_in_version(name, expected)
  return expected == 'any' or (document(name) or '') == expected
end

local function write_document(name, version, text, milliseconds)
  -- A name too many is noticed by whoever reads them.
  redis.call('ZADD', DOCUMENTS, 0, name)
  local key, value = PREFIX .. 'mandate:document:' .. name, string.format('%d', version) .. '\n' .. text
  if milliseconds == '' then
    redis.call('SET', key, value)
  else
    redis.call('SET', key, value, 'PX', milliseconds)
  end
end

-- Tells whoever listens of documents that were written or deleted: their names, a note behind each.
local function tell_of_documents(told)
  if #told > 0 then
    redis.pcall('PUBLISH', DOCUMENTS, cjson.encode(told))
  end
end

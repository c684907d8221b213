-- Documents are small texts that have names; the first line is the version, a number of which none
-- comes twice.
local function document_key(name)
  return PREFIX .. 'mandate:document:' .. name
end

local function document(name)
  local value = redis.call('GET', document_key(name))
  if value then
    return string.match(value, '^(%d+)\n(.*)$')
  end
end

-- Which documents are in the versions expected: "" where there is to be none, or "any".
local function are_in_versions(names, expected)
  local keys, fits = {}, {}
  for place, name in ipairs(names) do
    keys[place] = document_key(name)
  end
  for place, value in ipairs(redis.call('MGET', unpack(keys))) do
    local version = value and string.match(value, '^(%d+)\n') or ''
    fits[place] = expected[place] == 'any' or version == expected[place]
  end
  return fits
end

-- Writes documents, each {name, version, text, milliseconds or ""}.
local function write_documents(all)
  local names, values = {}, {}
  for _, each in ipairs(all) do
    names[#names + 1], names[#names + 2] = 0, each[1]
    if each[4] == '' then
      values[#values + 1], values[#values + 2] = document_key(each[1]), string.format('%d', each[2]) .. '\n' .. each[3]
    end
  end
  if #all > 0 then
    -- A name too many is noticed by whoever reads them.
    redis.call('ZADD', DOCUMENTS, unpack(names))
  end
  if #values > 0 then
    redis.call('MSET', unpack(values))
  end
  for _, each in ipairs(all) do
    if each[4] ~= '' then
      redis.call('SET', document_key(each[1]), string.format('%d', each[2]) .. '\n' .. each[3], 'PX', each[4])
    end
  end
end

-- Tells whoever listens of documents that were written or deleted: their names, a note behind each.
local function tell_of_documents(told)
  if #told > 0 then
    redis.pcall('PUBLISH', DOCUMENTS, cjson.encode(told))
  end
end

# frozen_string_literal: true

# Enqueues so many jobs of three kinds, and prints {"jid": "id"} of each.
#
#   ruby many.rb COUNT

require_relative "jobs"

jids = (0...Integer(ARGV.fetch(0))).to_h do |index|
  id = "ruby #{index}"
  flaky = (index % 100).zero?
  jid = case index % 3
  when 0 then CountWorker.perform_async(id, flaky)
  when 1 then CountJob.perform_later(id, flaky: flaky).provider_job_id
  else Interop::CountCommand.defer(id, flaky: flaky).provider_job_id
  end
  [jid, id]
end

puts JSON.generate(jids)

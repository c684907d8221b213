class ApplicationJob < ActiveJob::Base
  self.enqueue_after_transaction_commit = true

  retry_on ActiveRecord::Deadlocked, wait: 1.second, attempts: 10
  discard_on ActiveJob::DeserializationError
end

class PushNotificationJob < ApplicationJob
  queue_as :push
  discard_on Push::TokenGone do |job, error|
    Device.where(token: job.arguments.first).delete_all
  end
  retry_on Push::Unavailable, wait: ->(executions) { executions * 10 }, attempts: 5

  def perform(token, text)
    Push.deliver(token, text)
  end
end

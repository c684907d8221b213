class NotifyFollowersJob < ApplicationJob
  def perform(user, text)
    ActiveJob.perform_all_later(user.devices.map { |device| PushNotificationJob.new(device, text).set(queue: :push) })
  end
end

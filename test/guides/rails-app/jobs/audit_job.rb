class AuditJob < ApplicationJob
  queue_as :low

  def perform(text)
    AuditLog.create!(text:, user: Current.user, request_id: Current.request_id)
  end
end

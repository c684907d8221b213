class CloseAccountJob < ApplicationJob
  before_enqueue { |job| throw :abort if job.arguments.first.closed? }

  def perform(user)
    user.update!(closed: true)
    AuditJob.perform_later("closed account of #{user.name}")
  end
end

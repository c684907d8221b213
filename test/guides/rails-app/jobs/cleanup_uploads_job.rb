# sidekiq-cron: "0 4 * * *"
class CleanupUploadsJob
  include Sidekiq::Job
  sidekiq_options queue: "low", retry: false

  def perform
    logger.info "removed #{Upload.stale.destroy_all.size} uploads"
  end
end

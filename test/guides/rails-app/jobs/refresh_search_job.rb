class RefreshSearchJob
  include Sidekiq::Job
  sidekiq_options unique_for: 10.minutes

  def perform(index)
    Search.refresh(index)
  end
end

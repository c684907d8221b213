class WarmCacheJob
  include Sidekiq::Job
  sidekiq_options expires_in: 1.hour

  def perform(page)
    Cache.warm(page)
  end
end

class RollupAccountJob
  include Sidekiq::Job
  sidekiq_options queue: "low", retry_for: 6.hours

  def perform(account_id, day)
    Rollup.create!(account_id:, day:)
  end
end

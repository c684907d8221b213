# sidekiq-cron: "30 0 * * *"
class NightlyRollupJob
  include Sidekiq::Job

  def perform(day = Date.yesterday.iso8601)
    Account.ids.each_slice(1_000) { |ids| Sidekiq::Client.push_bulk("class" => RollupAccountJob, "args" => ids.map { |id| [id, day] }) }
  end
end

class ChargeSubscriptionJob
  include Sidekiq::Job
  sidekiq_options queue: "billing", retry: 0, dead: true, tags: ["billing"]

  def perform(subscription_id)
    Payments.charge(subscription_id)
  end
end

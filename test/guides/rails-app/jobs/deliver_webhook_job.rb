class DeliverWebhookJob
  include Sidekiq::Job
  sidekiq_options queue: "webhooks", retry: 8, tags: ["webhook"]

  sidekiq_retry_in do |count, error|
    case error
    when Http::ClientError then :kill # 4xx: it will not get better
    when Http::TooManyRequests then error.retry_after
    else 15 * (2**count)
    end
  end

  sidekiq_retries_exhausted { |job, error| Endpoint.disable(job["args"].first) }

  def perform(url, event)
    Http.post!(url, event)
  end
end

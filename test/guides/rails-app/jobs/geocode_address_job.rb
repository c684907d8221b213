class GeocodeAddressJob
  include Sidekiq::Job
  sidekiq_options queue: "external"
  GEOCODER = Sidekiq::Limiter.concurrent("geocoder", 1, wait_timeout: 0)

  def perform(address_id)
    GEOCODER.within_limit { Geocoder.locate(address_id) }
  end
end

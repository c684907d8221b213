Sidekiq::CurrentAttributes.persist("Current")
Sidekiq.default_job_options = { "backtrace" => 5 }

Sidekiq.configure_client { |config| config.client_middleware { |chain| chain.add(Tenant::Client) } }
Sidekiq.configure_server do |config|
  config.client_middleware { |chain| chain.add(Tenant::Client) }
  config.server_middleware { |chain| chain.add(Tenant::Server) }
  config.death_handlers << ->(job, error) { Support.notify("#{job["class"]} is dead: #{error.message}") }
end

module Tenant
  class Client
    def call(_job_class, job, _queue, _pool)
      job["tenant"] ||= Apartment.current
      yield
    end
  end

  class Server
    def call(_job_instance, job, _queue, &)
      Apartment.switch(job["tenant"], &)
    end
  end
end

class SyncCrmContactJob
  include Sidekiq::Job
  sidekiq_options queue: "external"

  def perform(contact_id)
    response = Crm.put("/contacts/#{contact_id}")
    return self.class.perform_in(response["Retry-After"].to_i, contact_id) if response.code == 429

    raise "CRM answered #{response.code}" unless response.success?
  end
end

class ArchiveOrdersJob
  include Sidekiq::Job

  def perform(year)
    Order.where(year:).find_each { |order| Archive.put(order) }
    DeleteOrdersJob.perform_async(year) # only once all are archived
  end
end

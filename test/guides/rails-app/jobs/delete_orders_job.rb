class DeleteOrdersJob
  include Sidekiq::Job

  def perform(year)
    Order.where(year:).delete_all
  end
end

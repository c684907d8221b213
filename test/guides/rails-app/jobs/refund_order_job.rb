class RefundOrderJob < ApplicationJob
  retry_on(Payments::Unavailable, wait: 1.second, attempts: 3) do |job, error|
    job.arguments.first.update!(state: "refund failed")
  end

  def perform(order, amount) # amount is a Money, by a serializer
    Payments.refund(order.id, amount.cents, amount.currency)
    order.update!(state: "refunded")
  end
end

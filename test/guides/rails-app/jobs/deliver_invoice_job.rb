class DeliverInvoiceJob < ApplicationJob
  queue_as :mailers
  retry_on Net::SMTPServerBusy, attempts: 2, wait: 1.second
  after_discard { |job, error| Support.notify("#{job.class.name} #{job.job_id}: #{error.message}") }

  def perform(order, copy_to: nil)
    InvoiceMailer.invoice(order, copy_to:).deliver_now
  end
end

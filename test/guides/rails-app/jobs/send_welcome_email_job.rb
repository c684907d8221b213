class SendWelcomeEmailJob < ApplicationJob
  queue_as :mailers
  retry_on Net::SMTPServerBusy, wait: :polynomially_longer, attempts: 10

  def perform(user)
    UserMailer.welcome(user).deliver_now
  end
end

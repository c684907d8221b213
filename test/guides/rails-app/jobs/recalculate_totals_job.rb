class RecalculateTotalsJob < ApplicationJob
  queue_as :low
  queue_with_priority { arguments.first.vip? ? 0 : 10 }

  def perform(user)
    Totals.recalculate(user)
  end
end

class GenerateExportJob < ApplicationJob
  queue_as :exports
  queue_with_priority 50
  rescue_from(Storage::Full) { |error| Support.notify("export: #{error.message}") }

  def perform(year)
    orders = Order.where(year:)
    path = Storage.put("exports/#{year}.csv", orders.map(&:to_csv).join("\n"))
    Export.find_by(year:).update!(path:, rows: orders.size)
  end
end

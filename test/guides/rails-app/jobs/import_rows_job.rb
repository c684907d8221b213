class ImportRowsJob
  include Sidekiq::Job
  sidekiq_options queue: "imports", retry: 3, backtrace: 10

  def perform(file, rows)
    Product.upsert_all(rows)
  end
end

class ImportCsvJob
  include Sidekiq::Job
  sidekiq_options queue: "imports"

  def perform(file)
    batch = Sidekiq::Batch.new
    batch.description = "Import #{file}"
    batch.on(:success, FinishImportJob, "file" => file)
    batch.jobs do
      rows = Csv.read(file).each_slice(2).map { |slice| [file, slice] }
      ImportRowsJob.perform_bulk(rows)
    end
  end
end

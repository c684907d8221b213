class FinishImportJob
  include Sidekiq::Job

  def on_success(_status, options)
    Import.find_by(file: options["file"]).finished!
  end
end

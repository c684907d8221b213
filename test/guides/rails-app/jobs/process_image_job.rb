class ProcessImageJob < ApplicationJob
  queue_as { arguments.first[:bytes] > 10.megabytes ? :slow : :default }
  around_perform :with_tempfile

  def perform(image)
    Storage.put("#{image[:key]}-thumb", Vips.thumbnail(@file))
  end

  private

  def with_tempfile
    @file = Storage.download(arguments.first[:key])
    yield
  ensure
    Storage.remove(@file)
  end
end

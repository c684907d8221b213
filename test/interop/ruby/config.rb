# frozen_string_literal: true

# Reads configuration files as Sidekiq does, each given as its text, and prints what they say.

require_relative "boot"
require "json"
require "sidekiq/cli"

cli = Sidekiq::CLI.instance

# What JSON has no word for.
plain = lambda do |value|
  case value
  when Hash then value.to_h { |key, each| [key.to_s, plain.call(each)] }
  when Array then value.map { |each| plain.call(each) }
  when Symbol then value.to_s
  when Float then value.finite? ? value : value.to_s
  else value
  end
end

read = ARGV.map do |text|
  settings = cli.send(:load_yaml, text)
  cli.send(:symbolize_keys_deep!, settings) if settings.is_a?(Hash)
  plain.call(settings || nil)
end
puts JSON.generate(read)

# frozen_string_literal: true

# Serves the Web UI on a free port, and prints {"port": N}: for a browser. Needs webrick.

require_relative "boot"
require "rack"
require "sidekiq/web"
require "webrick"
begin
  require "rack/session"
  require "rackup/handler/webrick"
rescue LoadError
  require "rack/session/cookie"
end

app = Rack::Builder.new do
  use Rack::Session::Cookie, secret: "x" * 64, same_site: true
  run Sidekiq::Web
end.to_app

server = WEBrick::HTTPServer.new(Port: 0, BindAddress: "127.0.0.1", Logger: WEBrick::Log.new(IO::NULL), AccessLog: [])
server.mount "/", (defined?(Rackup) ? Rackup : Rack)::Handler::WEBrick, app
puts JSON.generate("port" => server.config[:Port])
$stdout.flush
trap("TERM") { server.shutdown }
server.start

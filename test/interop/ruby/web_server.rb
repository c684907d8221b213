# frozen_string_literal: true

# Serves the Web UI on a free port, and prints {"port": N}: for a browser. Needs webrick.

require_relative "boot"
require "rack"
require "rack/session/cookie"
require "sidekiq/web"
require "webrick"

app = Rack::Builder.new do
  use Rack::Session::Cookie, secret: "x" * 64, same_site: true
  run Sidekiq::Web
end.to_app

server = WEBrick::HTTPServer.new(Port: 0, BindAddress: "127.0.0.1", Logger: WEBrick::Log.new(IO::NULL), AccessLog: [])
server.mount "/", Rack::Handler::WEBrick, app
puts JSON.generate("port" => server.config[:Port])
$stdout.flush
trap("TERM") { server.shutdown }
server.start

# frozen_string_literal: true

# Sidekiq, plainly or by Active Job: ruby sidekiq.rb <redis url> [active_job]. Speaks what run.mjs speaks: a JSON request a line, and
# its answer. A job counts as acknowledged when it has ended: Sidekiq's own fetch has nothing to tell Redis then.
$stdout.sync = true
ENV["REDIS_URL"] = ARGV[0]
BY_ACTIVE_JOB = ARGV[1] == "active_job"

require "json"
require "logger"
require "sidekiq"
require "sidekiq/api"
require "sidekiq/launcher"
require "active_job" if BY_ACTIVE_JOB

SEVEN = Gem::Version.new(Sidekiq::VERSION) >= Gem::Version.new("7.0")
(SEVEN ? Sidekiq.default_configuration : Sidekiq).logger.level = Logger::FATAL
Redis.silence_deprecations = true if defined?(Redis) && Redis.respond_to?(:silence_deprecations=)

TEXT = "about one hundred bytes of arguments"
OPTIONS = { "locale" => "en", "tags" => %w[a b], "force" => false }.freeze

module Bench
  class << self
    attr_accessor :run
  end
  def self.now = Process.clock_gettime(Process::CLOCK_MONOTONIC, :float_microsecond)
  def self.cpu = Process.clock_gettime(Process::CLOCK_PROCESS_CPUTIME_ID)
  def self.arguments(id) = [id, TEXT, OPTIONS]
end

class Noop
  include Sidekiq::Worker
  sidekiq_options retry: true

  def perform(id, _text, _options) = Bench.run.call(id)
end

if BY_ACTIVE_JOB
  # As Sidekiq's railtie does it.
  begin
    require "sidekiq/rails"
    require "active_job/queue_adapters/sidekiq_adapter"
  rescue LoadError, NameError
    nil
  end
  if SEVEN && !Sidekiq.const_defined?("ActiveJob::Wrapper")
    module Sidekiq
      module ActiveJob
        class Wrapper
          include Sidekiq::Job
          def perform(data) = ::ActiveJob::Base.execute(data.merge("provider_job_id" => jid))
        end
      end
    end
  end
  ActiveJob::Base.queue_adapter = :sidekiq
  ActiveJob::Base.logger = Logger.new(IO::NULL)

  class ActiveNoop < ActiveJob::Base
    def perform(id, _text, _options) = Bench.run.call(id)
  end
end

def enqueue_one(args) = BY_ACTIVE_JOB ? ActiveNoop.perform_later(*args) : Noop.perform_async(*args)

def enqueue_many(list)
  # Active Job has a bulk form from Rails 7.1 on.
  return list.each { |args| enqueue_one(args) } if BY_ACTIVE_JOB && !ActiveJob.respond_to?(:perform_all_later)
  return ActiveJob.perform_all_later(list.map { |args| ActiveNoop.new(*args) }) if BY_ACTIVE_JOB

  Sidekiq::Client.push_bulk("class" => Noop, "args" => list)
end

def timed
  start = Bench.now
  cpu = Bench.cpu
  yield
  { seconds: (Bench.now - start) / 1e6, cpuSeconds: Bench.cpu - cpu }
end

def start_worker(concurrency)
  if SEVEN
    instance = Sidekiq.configure_embed do |config|
      config.concurrency = concurrency
      config.queues = %w[default]
      config[:timeout] = 1
    end
    instance.run
    return instance
  end
  options = Sidekiq.options.merge(queues: %w[default], concurrency: concurrency, timeout: 1, tag: "", labels: [])
  # Sidekiq's CLI makes the server's pool as large.
  Sidekiq.singleton_class.send(:define_method, :server?) { true }
  Sidekiq.instance_variable_set(:@redis, nil)
  Sidekiq.options[:concurrency] = concurrency
  Sidekiq.redis = { url: ARGV[0], size: concurrency + 5 }
  launcher = Sidekiq::Launcher.new(options)
  launcher.run
  launcher
end

def enqueue(count:, mode:, inFlight: 0, size: 1000)
  timed do
    if mode == "bulk"
      (0...count).each_slice(size) { |ids| enqueue_many(ids.map { |id| Bench.arguments(id) }) }
    else
      # "concurrent" is for an event loop: here the calls follow one another all the same.
      count.times { |id| enqueue_one(Bench.arguments(id)) }
    end
  end
end

def drain(count:, concurrency:, ms: 0)
  lock = Mutex.new
  started = 0
  ended = 0
  start = cpu = nil
  all = Queue.new
  Bench.run = lambda do |_id|
    lock.synchronize do
      started += 1
      start, cpu = Bench.now, Bench.cpu if started == 1
    end
    sleep(ms / 1000.0) if ms.positive?
    lock.synchronize { all << true if (ended += 1) == count }
  end
  worker = start_worker(concurrency)
  all.pop
  result = { seconds: (Bench.now - start) / 1e6, cpuSeconds: Bench.cpu - cpu }
  worker.stop
  peak = File.read("/proc/self/status")[/VmHWM:\s+(\d+)/, 1].to_i
  result.merge(peakKb: peak)
end

def latency(count:, gapMs:)
  arrivals = Queue.new
  Bench.run = ->(sent_at) { arrivals << (Bench.now - sent_at) / 1000 }
  worker = start_worker(10)
  sleep 0.5
  latencies = Array.new(count) do
    enqueue_one(Bench.arguments(Bench.now))
    arrivals.pop.tap { sleep(gapMs * (0.5 + rand) / 1000) }
  end
  worker.stop
  { latencies: latencies }
end

def receive(count:, concurrency:)
  lock = Mutex.new
  latencies = []
  all = Queue.new
  Bench.run = lambda do |sent_at|
    lock.synchronize do
      latencies << (Bench.now - sent_at) / 1000
      all << true if latencies.size == count
    end
  end
  worker = start_worker(concurrency)
  all.pop
  worker.stop
  { latencies: latencies }
end

def produce(count:, rate:)
  began = Bench.now
  sent = 0
  while sent < count
    due = [count, ((Bench.now - began) / 1e6 * rate).floor].min
    if due > sent
      enqueue_many(Array.new(due - sent) { Bench.arguments(Bench.now) })
      sent = due
    end
    sleep 0.001
  end
  { seconds: (Bench.now - began) / 1e6 }
end

def describe
  active_job = BY_ACTIVE_JOB ? " with Active Job #{ActiveJob.version}" : ""
  { version: Sidekiq::VERSION + active_job, settings: "Ruby #{RUBY_VERSION}; no log; its own fetch, which loses what runs in a crash" }
end

# The connection is made from the command line's URL, when it is needed first.
def set_up(**) = nil
def shut_down = Thread.new { sleep(0.05) && exit!(0) } && nil

# Names that Ruby's own objects have too.
NAMES = Hash.new { |_, name| name }.merge("open" => "set_up", "close" => "shut_down")

$stdin.each_line do |line|
  request = JSON.parse(line, symbolize_names: true)
  options = request[:options]
  value = options.nil? || options.empty? ? send(NAMES[request[:method]]) : send(NAMES[request[:method]], **options)
  puts JSON.generate({ value: value })
rescue StandardError => e
  puts JSON.generate({ error: "#{e.class}: #{e.message}\n#{e.backtrace.first(5).join("\n")}" })
end

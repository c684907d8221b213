# frozen_string_literal: true

# Random nested arguments, the same ones for the same seed.
#
#   ruby random_arguments.rb enqueue SEED COUNT   # so many jobs ForwardJob, on the queue "forward"
#   ruby random_arguments.rb check SEED COUNT     # compares what the queue "back" holds with what was sent
#
# Prints {"enqueued": N}, or {"equal": N, "different": […]} with the first differences.

require_relative "jobs"

class ForwardJob < ApplicationJob
  queue_as :forward

  def perform(*) = nil
end

class RandomArguments
  TEXTS = ["", "a", "two words", "é ü 漢字 🎉", "</script>&'\"\\/", "line\nbreak\ttab\u0001\u0000", "\u2028\u2029",
    "gid://interop/User/1", "1.0", "2024-02-29", "null", "_aj_symbol", "x" * 300].freeze
  KEYS = %w[a b key with_underscore 0 1 constructor toString length valueOf é 漢].freeze
  INTEGERS = [0, 1, -1, 42, 2**53, 2**53 + 1, -(2**53) - 1, 2**64, -(10**30)].freeze
  FLOATS = [0.0, -0.0, 1.0, -1.5, 0.1, 1.0e25, 1.0e-7, 5.0e-324, 123_456_789.123_456_7, 1.0e16, 9.007199254740993e15].freeze
  ZONES = ["UTC", "Europe/Paris", "Eastern Time (US & Canada)"].freeze

  def initialize(seed) = @random = Random.new(seed)

  # Positional arguments, then keywords.
  def call
    [Array.new(@random.rand(4)) { value(4) }, @random.rand(2).zero? ? {} : hash(3, &:to_sym)]
  end

  private

  def value(depth)
    kinds = %i[simple text integer float symbol time date date_time zone duration klass model]
    kinds += %i[array array strings symbols mixed indifferent] if depth.positive?
    kinds << :range if depth.positive? && defined?(ActiveJob::Serializers::RangeSerializer)
    kinds << :decimal if defined?(ActiveJob::Serializers::BigDecimalSerializer)
    make(pick(kinds), depth - 1)
  end

  def make(kind, depth)
    case kind
    when :simple then pick([nil, true, false])
    when :text then pick(TEXTS)
    when :integer then pick(INTEGERS)
    when :float then @random.rand(2).zero? ? pick(FLOATS) : (@random.rand - 0.5) * 10**@random.rand(30)
    when :symbol then pick(KEYS).to_sym
    when :time then moment.getlocal(pick(["+00:00", "+02:30", "-11:00"])).then { |time| @random.rand(2).zero? ? time.utc : time }
    when :date then moment.to_date
    when :date_time then moment.to_datetime
    when :zone then moment.in_time_zone(pick(ZONES))
    when :duration then pick([1.month + 2.days + 1.5.hours, 90.seconds, 0.25.seconds, 2.years - 1.week, 3.minutes])
    when :klass then pick([User, Interop, Blog::Post, String])
    when :model then User.find(pick(%w[1 2 42]))
    when :decimal then BigDecimal(pick(%w[0.1 123456789.123456789 -1e50 10]))
    when :range then pick([1..5, 1...5, (1..), Date.new(2024, 1, 1)..Date.new(2024, 2, 1)])
    when :array then Array.new(@random.rand(4)) { value(depth) }
    when :strings then hash(depth, &:to_s)
    when :symbols then hash(depth, &:to_sym)
    when :mixed then hash(depth) { |key| @random.rand(2).zero? ? key : key.to_sym }
    when :indifferent then ActiveSupport::HashWithIndifferentAccess.new(hash(depth, &:to_s))
    end
  end

  def hash(depth) = pick_some(KEYS).to_h { |key| [yield(key), value(depth)] }

  def moment = Time.at(@random.rand(2_000_000_000), @random.rand(1_000_000_000), :nsec)

  def pick(values) = values[@random.rand(values.size)]

  def pick_some(values) = values.shuffle(random: @random).first(@random.rand(4))
end

# Two hashes are equal whatever the order of their pairs, and JavaScript puts keys such as "1" first.
def without_order(described)
  case described
  when Array then described.map { |each| without_order(each) }
  when Hash
    described.to_h do |key, value|
      inner = without_order(value)
      [key, %w[hash indifferent].include?(key) ? inner.sort_by { |pair| JSON.generate(pair) } : inner]
    end
  else described
  end
end

# As they arrive at a job of Ruby's own: a zone, for one, is not kept by every version.
def arrived(arguments)
  values = ActiveJob::Arguments.deserialize(JSON.parse(JSON.generate(arguments)))
  keywords = values.last.is_a?(Hash) && Hash.ruby2_keywords_hash?(values.last)
  JSON.generate([without_order(Interop.describe(values)), keywords])
end

verb, seed, count = ARGV
jobs = (0...Integer(count)).map do |index|
  positional, keywords = RandomArguments.new(Integer(seed) + index).call
  ForwardJob.new(index, *positional, **keywords)
end

if verb == "enqueue"
  jobs.each(&:enqueue)
  puts JSON.generate("enqueued" => jobs.size)
else
  back = Sidekiq.redis { |conn| conn.lrange("queue:back", 0, -1) }.to_h do |payload|
    arguments = JSON.parse(payload)["args"][0]["arguments"]
    [arguments.first, arguments]
  end
  different = jobs.filter_map do |job|
    sent = ActiveJob::Arguments.serialize(job.arguments)
    got = back[job.arguments.first]
    same = got && arrived(got) == arrived(sent)
    {"index" => job.arguments.first, "sent" => sent, "got" => got} unless same
  rescue => e
    {"index" => job.arguments.first, "sent" => sent, "got" => got, "error" => "#{e.class}: #{e.message}"}
  end
  puts JSON.generate("equal" => jobs.size - different.size, "different" => different.first(3))
end

# frozen_string_literal: true

# Verifies signed global ids that somebody else made, and makes some, with the key
# that Rails derives from secret_key_base.
#
#   ruby sgid.rb SECRET_KEY_BASE SHA256|SHA1 '[["TOKEN", "purpose"], …]'

require_relative "models"
require "active_support/key_generator"

secret, digest, tokens = ARGV
key = OpenSSL::PKCS5.pbkdf2_hmac(secret, "signed_global_ids", 1000, 64, OpenSSL::Digest.new(digest))
SignedGlobalID.verifier = GlobalID::Verifier.new(key)
SignedGlobalID.expires_in = 1.hour

puts JSON.generate(
  "globalid" => Gem.loaded_specs["globalid"]&.version.to_s,
  # Rails's own way to the key, where this version can be told the digest.
  "same_key" => digest != "SHA1" || ActiveSupport::KeyGenerator.new(secret, iterations: 1000).generate_key("signed_global_ids") == key,
  "verified" => JSON.parse(tokens).map { |token, purpose| SignedGlobalID.parse(token, for: purpose)&.uri&.to_s },
  "made" => {
    "default" => User.find("42").to_sgid.to_s,
    "forever" => User.find("42").to_sgid(expires_in: nil, for: "login").to_s,
    "expired" => User.find("42").to_sgid(expires_at: Time.now - 1).to_s
  }
)

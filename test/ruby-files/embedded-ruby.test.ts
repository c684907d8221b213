import { availableParallelism } from "node:os";
import { describe, expect, it } from "vitest";
import { replaceTags } from "../../src/ruby-files/embedded-ruby.ts";
import { ConfigurationError } from "../../src/support/errors.ts";

const PROCESSORS = String(availableParallelism());

describe("replaceTags", () => {
  it.each([
    ['<%= ENV["SET"] %>', "7"],
    ["<%= ENV['SET'] %>", "7"],
    ["<%=ENV['SET'].to_i%>", "7"],
    ['<%= ENV["UNSET"] %>', ""],
    ['<%= ENV["UNSET"] || 5 %>', "5"],
    ['<%= ENV["UNSET"].presence || "five" %>', "five"],
    ['<%= ENV.fetch("SET") %>', "7"],
    ['<%= ENV.fetch("SET", 5) %>', "7"],
    ['<%= ENV.fetch("UNSET", 5) %>', "5"],
    ["<%= ENV.fetch('UNSET', 'five') -%>", "five"],
    ['<%= ENV.fetch("UNSET") { 5 } %>', "5"],
    ['<%= ENV.fetch("UNSET") { 5 }.to_i %>', "5"],
    ['<%= ENV.fetch("UNSET", "") %>', ""],
    ['<%= ENV.fetch("SET", Etc.nprocessors) %>', "7"],
    ['<%= ENV.fetch("UNSET", Concurrent.physical_processor_count) %>', PROCESSORS],
    ['<%= ENV.fetch("UNSET") { Concurrent.processor_count } %>', PROCESSORS],
    ["<%= Etc.nprocessors %>", PROCESSORS],
    ["<%# nobody runs this %>", ""],
    ["a: <%= ENV['SET'] %>\nb: <%= ENV['SET'] %>", "a: 7\nb: 7"],
    ["a: 1\n  # <%= `hostname` %>\nb: 2", "a: 1\n\nb: 2"],
  ])("reads %j", (text, expected) => {
    expect(replaceTags(text, "sidekiq.yml", { SET: "7" })).toBe(expected);
  });

  it.each([
    "<%= `hostname`.strip %>",
    '<%= ENV.fetch("A") + "b" %>',
    '<%= ENV.fetch("A", `id`) %>',
    '<%= ENV.fetch("A", "#{system(1)}") %>',
    '<%= Integer(ENV["A"]) %>',
    "<% if true %>",
    "<%= File.read('x') %>",
    "<%= Etc.nprocessors * 2 %>",
    '<%= ENV["A"]; exit %>',
  ])("refuses %j", (tag) => {
    expect(() => replaceTags(`a: 1\nb: ${tag}`, "sidekiq.yml", {})).toThrow(
      new ConfigurationError(
        `Cannot use sidekiq.yml:2: no Ruby is run, and ${tag} is more than a look at the environment. ` +
          'Write <%= ENV.fetch("NAME", "a default") %> or <%= ENV["NAME"] %>',
      ),
    );
  });

  it("refuses a variable that is needed and not set", () => {
    expect(() => replaceTags('\n<%= ENV.fetch("UNSET") %>', "sidekiq.yml", {})).toThrow(
      new ConfigurationError(
        "Cannot use sidekiq.yml:2: it needs the environment variable UNSET, which is not set. " +
          'Set it, or write ENV.fetch("UNSET", "a default")',
      ),
    );
  });
});

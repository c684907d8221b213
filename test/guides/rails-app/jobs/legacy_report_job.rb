# Runs in another application.
Sidekiq::Client.push("class" => "Legacy::ReportJob", "args" => [2026], "queue" => "legacy")

/** Files that are refused, and what the message says after "Cannot use ". */
export const brokenFiles: readonly (readonly [text: string, message: string])[] = [
  [
    "a job:\n  every: 1m\n",
    'jobs.yml:1: "a job" has no class, and is no class\'s name. Write "class: " with its name',
  ],
  [
    "a:\n  class: A\n  cron: '* * * * *'\n  retry: often\n",
    'jobs.yml:4: its retry is neither true nor false nor a number. Write "retry: false", or a number',
  ],
  [
    "a: [",
    "jobs.yml: it is no YAML: Flow sequence in block collection must be sufficiently indented and end with a ] at line 1, column 5. Mend it",
  ],
  [
    "<%= `date` %>\n",
    'jobs.yml:1: no Ruby is run, and <%= `date` %> is more than a look at the environment. Write <%= ENV.fetch("NAME", "a default") %> or <%= ENV["NAME"] %>',
  ],
  [
    "<%= ENV.fetch('CRON') %>\n",
    'jobs.yml:1: it needs the environment variable CRON, which is not set. Set it, or write ENV.fetch("CRON", "a default")',
  ],
  [
    "just a text\n",
    'jobs.yml: it is no list of jobs. Write "nightly_report:", and below it its class and schedule',
  ],
  [
    "- class: A\n  cron: '* * * * *'\n",
    'jobs.yml:1: a job has no name. Write "- name: nightly_report"',
  ],
  ["- just\n", 'jobs.yml:1: a job has no name. Write "- name: nightly_report"'],
  [
    "a:\n  class: A\nb: 5\n",
    'jobs.yml:3: "b" has no settings. Write its class and schedule below it, indented: "class: MyJob"',
  ],
  [
    'a:\n  command: "User.purge"\n  schedule: every day\n',
    'jobs.yml:2: its command is Ruby code, and no Ruby is run. Write a command that does it, and "class: " with its name, or leave the task out',
  ],
  ["a:\n  schedule: every day\n", 'jobs.yml:1: "a" has no class. Write "class: " with its name'],
  [
    "a:\n  class: A\n  schedule: every fortnight\n",
    'jobs.yml:3: cannot read "every fortnight" as a schedule: "fortnight" (character 7) is nothing that comes again. Write a cron such as "30 9 * * mon-fri", or a phrase such as "every 15 minutes", "every monday at 9am", "every month on the 1st and 15th at 8am" or "every day at noon Europe/Amsterdam"',
  ],
  [
    "a:\n  class: A\n  schedule: every other day\n",
    'jobs.yml:3: cannot read "every other day" as a schedule: "other" (character 7) does not say from when it is counted. Write "every 2 days"',
  ],
  [
    "a:\n  class: A\n  schedule: 5\n",
    'jobs.yml:3: its schedule is no text. Write "schedule: " and a text, in quotes',
  ],
  [
    "a:\n  class: A\n  schedule: ''\n",
    'jobs.yml:3: its schedule is no text. Write "schedule: " and a text, in quotes',
  ],
  [
    "a:\n  class: A\n  schedule: every day\n  qeue: low\n",
    'jobs.yml:4: "qeue" is no setting of a job. Settings are class, command, schedule, args, queue, priority, description. Did you mean "queue"?',
  ],
  [
    "a:\n  class: A\n  schedule: every day\n  priority: high\n",
    'jobs.yml:4: its priority is no whole number. Write "priority: 0"',
  ],
  [
    "a:\n  class: A\n  schedule: every day\n  queue: [a, b]\n",
    'jobs.yml:4: its queue is no text. Write "queue: " and a text, in quotes',
  ],
  [
    "a:\n  class: A b\n  schedule: every day\n",
    'jobs.yml:2: its class is no class\'s name. Write the name that the command has on the wire, such as "SendDigest"',
  ],
  [
    "a:\n  class: A\n  schedule: every day\nb:\n  class: B\n",
    'jobs.yml:4: "b" has no schedule. Write "schedule: every day at 9am", or a cron',
  ],
  [
    "production:\n  a:\n    class: A\n    schedule: 0 0 30 2 *\n",
    'jobs.yml:4: cannot read "0 0 30 2 *" as a schedule: "0 0 30 2 *" (character 1) can never fire: there is no such day. Write a day that one of its months has',
  ],
  [
    "a:\n  class: A\n  cron: '61 * * * *'\n",
    'jobs.yml:3: cannot read "61 * * * *" as a schedule: "61" (character 1) is no minute. Write "*", a number from 0 to 59, a range such as "0-59", a step such as "*/2", or a list of those',
  ],
  [
    "a:\n  class: A\n  cron: '* * * * * Europe/Amstrdam'\n",
    'jobs.yml:3: cannot read "* * * * * Europe/Amstrdam" as a schedule: "Europe/Amstrdam" (character 11) is no time zone. Write a name such as "Europe/Amsterdam", "UTC" or an offset such as "+05:30". Did you mean "Europe/Amsterdam"?',
  ],
  ["a:\n  class: A\n  queue: low\n", 'jobs.yml:1: "a" has no cron. Write "cron: \'*/5 * * * *\'"'],
  [
    "a:\n  class: A\n  cron: '* * * * *'\n  status: off\n",
    'jobs.yml:4: its status is no text. Write "status: " and a text, in quotes',
  ],
  [
    "a:\n  class: A\n  cron: '* * * * *'\n  status: paused\n",
    'jobs.yml:4: its status is neither of both. Write "status: enabled" or "status: disabled"',
  ],
  [
    "a:\n  class: A\n  cron: '* * * * *'\n  date_as_argument: maybe\n",
    'jobs.yml:4: its date_as_argument is neither true nor false. Write "date_as_argument: true"',
  ],
  [
    "a:\n  class: A\n  cron: '* * * * *'\n  active_job: [1]\n",
    'jobs.yml:4: its active_job is neither true nor false. Write "active_job: true"',
  ],
  [
    "a:\n  class: A\n  cron: '* * * * *'\n  queue_name_prefix: app\n",
    'jobs.yml:4: it has a prefix, and no queue. Write "queue: " with the whole name',
  ],
  [
    "a:\n  class: A\n  cron: '* * * * *'\n  timezone: UTC\n",
    'jobs.yml:4: "timezone" is no setting of a job. Settings are name, namespace, cron, class, klass, queue, args, retry, description, status, active_job, symbolize_args, date_as_argument, queue_name_prefix, queue_name_delimiter, source',
  ],
  [
    "- name: a\n  class: A\n  cron: '* * * * *'\n- name: a\n  class: B\n  cron: '* * * * *'\n",
    'jobs.yml:4: "a" stands at jobs.yml:1 already. Give each job a name of its own',
  ],
  [
    "- name: a\n  cron: '* * * * *'\n",
    'jobs.yml:1: "a" has no class. Write "class: " with its name',
  ],
  [
    "a:\n  class: A\n  cron: '@reboot'\n",
    'jobs.yml:3: cannot read "@reboot" as a schedule: "@reboot" (character 1) is no time that comes again. Write one of @yearly, @annually, @monthly, @weekly, @daily, @midnight, @noon, @hourly, or the fields',
  ],
  [
    "A:\n  in: 1h\n",
    'jobs.yml:2: it is counted from the start of a process, and each start would run it again. Write "at: " and a date, or defer the job where it is needed, with { wait }',
  ],
  [
    "A:\n  every: 1 month\n",
    'jobs.yml:2: "1 month" is no duration. Write one such as "45m", "1h30m" or "2 days"; months and years are a cron\'s',
  ],
  [
    "A:\n  every: soon\n",
    'jobs.yml:2: "soon" is no duration. Write one such as "45m", "1h30m" or "2 days"; months and years are a cron\'s',
  ],
  ["A:\n  every: {}\n", 'jobs.yml:2: its every is no text. Write "every: " and a text, in quotes'],
  [
    "A:\n  every: ['30s', 5]\n",
    'jobs.yml:2: its every is no text. Write "every: " and a text, in quotes',
  ],
  [
    "A:\n  every: ['30s', last_in: 5s]\n",
    'jobs.yml:2: its every has the option "last_in". Leave it out; "first_in" is the one that is known',
  ],
  [
    "A:\n  every: ['30s', first_in: later]\n",
    'jobs.yml:2: "later" is no duration. Write one such as "45m", "1h30m" or "2 days"; months and years are a cron\'s',
  ],
  [
    "A:\n  at: tomorrow\n",
    'jobs.yml:2: "tomorrow" is no point in time. Write one such as "2030-01-31 09:00 Europe/Amsterdam"',
  ],
  [
    "A:\n  at: '2030-02-30'\n",
    'jobs.yml:2: "2030-02-30" is no point in time. Write one such as "2030-01-31 09:00 Europe/Amsterdam"',
  ],
  [
    "A:\n  enabled: true\n",
    'jobs.yml:1: "A" does not say when. Write "cron: \'0 9 * * *\'" or "every: 45m"',
  ],
  [
    "A:\n  every: 1m\n  persist: true\n",
    'jobs.yml:3: "persist" is no setting of a job. Settings are cron, every, at, in, interval, class, queue, args, description, enabled, include_metadata, keyword_argument, rails_env, retry, tags, backtrace, dead, retry_for, retry_queue, expires_in, profile',
  ],
  [
    "A:\n  every: 1m\n  keyword_argument: true\n",
    'jobs.yml:3: its arguments are no keywords. Write them as a map: "args: { foo: bar }"',
  ],
  [
    "A:\n  every: 0.2s\n",
    'jobs.yml:2: cannot read 0.2 as an interval: it is not one or more whole seconds. Write "30s", "15 minutes" or "2 days"',
  ],
  [
    ":scheduler:\n  :schedule:\n    A: every day\n",
    'jobs.yml:3: "A" has no settings. Write its class and schedule below it, indented: "class: MyJob"',
  ],
];

/**
 * What is refused, with the reason as the message says it, and the index of the character that it
 * is about.
 */
export const refusals: readonly (readonly [text: string, reason: string, at?: number])[] = [
  [
    "",
    'it is empty. Write a cron such as "30 9 * * mon-fri", or a phrase such as "every 15 minutes"',
  ],
  [
    "   ",
    'it is empty. Write a cron such as "30 9 * * mon-fri", or a phrase such as "every 15 minutes"',
  ],
  [
    "* * * *",
    '"* * * *" (character 1) has 4 fields, and a cron has 5 or 6. A cron has the fields minute, hour, day of the month, month and day of the week, such as "30 9 * * mon-fri", with seconds before them and a time zone behind them, if you like',
    0,
  ],
  [
    "* * * * * * *",
    '"* * * * * * *" (character 1) has 7 fields, and a cron has 5 or 6. A cron has the fields minute, hour, day of the month, month and day of the week, such as "30 9 * * mon-fri", with seconds before them and a time zone behind them, if you like',
    0,
  ],
  [
    "60 * * * *",
    '"60" (character 1) is no minute. Write "*", a number from 0 to 59, a range such as "0-59", a step such as "*/2", or a list of those',
    0,
  ],
  [
    "a * * * *",
    '"a" (character 1) is not understood. Write a cron such as "30 9 * * mon-fri", or a phrase such as "every 15 minutes", "every monday at 9am", "every month on the 1st and 15th at 8am" or "every day at noon Europe/Amsterdam"',
    0,
  ],
  [
    "5-  * * * *",
    '"5-" (character 1) is no minute. Write "*", a number from 0 to 59, a range such as "0-59", a step such as "*/2", or a list of those',
    0,
  ],
  ["*/0 * * * *", '"*/0" (character 1) has a step of 0. Write a step from 1 up, or none', 0],
  [
    ", * * * *",
    '"," (character 1) names no minute. Write "*", a number from 0 to 59, a range such as "0-59", a step such as "*/2", or a list of those',
    0,
  ],
  [
    "0 9 * * mondy",
    '"mondy" (character 9) is no day of the week. Write "*", a number from 0 to 6, a name such as "sun", a range such as "0-6", a step such as "*/2", or a list of those. Did you mean "monday"?',
    8,
  ],
  [
    "0 25 * * *",
    '"25" (character 3) is no hour. Write "*", a number from 0 to 23, a range such as "0-23", a step such as "*/2", or a list of those',
    2,
  ],
  [
    "0 0 32 * *",
    '"32" (character 5) is no day of the month. Write "*", a number from 1 to 31, a range such as "1-31", a step such as "*/2", or a list of those',
    4,
  ],
  ["0 0 , * *", '"," (character 5) names no day of the month. Write "*" for every day', 4],
  ["0 0 * * ,", '"," (character 9) names no day of the week. Write "*" for every day', 8],
  [
    "0 0 *%0 * *",
    '"*%0" (character 5) is no interval of days. Write a number of days from 1 to 3640',
    4,
  ],
  [
    "0 0 -3-2 * *",
    '"-3-2" (character 5) is no range of days. Write days from the end as "-3" or "-3-L", and from a day to the end as "25-L"',
    4,
  ],
  [
    "0 0 L-3 * *",
    '"L-3" (character 5) is no range of days. Write days from the end as "-3" or "-3-L", and from a day to the end as "25-L"',
    4,
  ],
  [
    "0 0 * * mon#6",
    '"mon#6" (character 9) is no weekday of a month. Write "#1" to "#5", or "#-1" or "#L" for the last of the month',
    8,
  ],
  [
    "0 0 * * mon%0",
    '"mon%0" (character 9) is no interval of weeks. Write a number of weeks from 1 to 520, as in "mon%2"',
    8,
  ],
  [
    "0 0 * * foo#1",
    '"foo" (character 9) is no day of the week. Write "*", a number from 0 to 6, a name such as "sun", a range such as "0-6", a step such as "*/2", or a list of those. Did you mean "mon"?',
    8,
  ],
  [
    "0 0 40W * *",
    '"40" (character 5) is no day of the month. Write "*", a number from 1 to 31, a range such as "1-31", a step such as "*/2", or a list of those',
    4,
  ],
  [
    "0 0 30 2 *",
    '"0 0 30 2 *" (character 1) can never fire: there is no such day. Write a day that one of its months has',
    0,
  ],
  [
    "0 0 30 feb MON&",
    '"0 0 30 feb MON&" (character 1) can never fire: there is no such day. Write a day that one of its months has',
    0,
  ],
  [
    "0 0 * * fri#-x",
    '"fri#-x" (character 9) is no day of the week. Write "*", a number from 0 to 6, a name such as "sun", a range such as "0-6", a step such as "*/2", or a list of those',
    8,
  ],
  [
    "@dialy",
    '"@dialy" (character 1) stands for no cron. Write one of @yearly, @annually, @monthly, @weekly, @daily, @midnight, @noon, @hourly, or the fields',
    0,
  ],
  [
    "@reboot",
    '"@reboot" (character 1) is no time that comes again. Write one of @yearly, @annually, @monthly, @weekly, @daily, @midnight, @noon, @hourly, or the fields',
    0,
  ],
  [
    "@daily UTC now",
    '"now" (character 12) is too much. Behind @daily only a time zone may stand',
    11,
  ],
  [
    "0 9 * * 1 Foo/Bar",
    '"Foo/Bar" (character 11) is no time zone. Write a name such as "Europe/Amsterdam", "UTC" or an offset such as "+05:30"',
    10,
  ],
  [
    "0 9 * * * Amsterdam",
    '"Amsterdam" (character 11) is no time zone. Write a name such as "Europe/Amsterdam", "UTC" or an offset such as "+05:30". Did you mean "Europe/Amsterdam"?',
    10,
  ],
  [
    "@every 90",
    '"90" (character 8) is no interval. Write whole seconds, such as "90s", "30 minutes" or "2 days"',
    7,
  ],
  [
    "@every 0s",
    '"0s" (character 8) is no interval. Write whole seconds, such as "90s", "30 minutes" or "2 days"',
    7,
  ],
  [
    "@at tomorrow",
    '"tomorrow" (character 5) is no point in time. Write one such as "2030-01-31T09:00:00Z"',
    4,
  ],
  [
    "once at 2030-13-01T00:00:00Z",
    '"2030-13-01T00:00:00Z" (character 9) is no point in time. Write one such as "2030-01-31T09:00:00Z"',
    8,
  ],
  ["hourly", '"hourly" (character 1) is not understood. Write "every hour"', 0],
  ["weekly", '"weekly" (character 1) is not understood. Write "every week on monday at 9am"', 0],
  [
    "every",
    '"every" (character 1) has nothing behind it that belongs there. Write a cron such as "30 9 * * mon-fri", or a phrase such as "every 15 minutes", "every monday at 9am", "every month on the 1st and 15th at 8am" or "every day at noon Europe/Amsterdam"',
    0,
  ],
  [
    "every fooday at 9",
    '"fooday" (character 7) is nothing that comes again. Write a cron such as "30 9 * * mon-fri", or a phrase such as "every 15 minutes", "every monday at 9am", "every month on the 1st and 15th at 8am" or "every day at noon Europe/Amsterdam"',
    6,
  ],
  [
    "every other day",
    '"other" (character 7) does not say from when it is counted. Write "every 2 days"',
    6,
  ],
  [
    "every other monday",
    '"other" (character 7) does not say from when it is counted. Write "0 9 * * mon%2"',
    6,
  ],
  ["every 0 minutes", '"0" (character 7) is no interval. Write a number from 1 up', 6],
  [
    "every 13 months",
    '"13" (character 7) does not divide a year. Write 1, 2, 3, 4, 6 or 12 months, or days such as "every 150 days"',
    6,
  ],
  [
    "every hour at 15",
    '"hour" (character 7) goes on all day, and not at one time of it. Write "every hour at minute 15", "every day at 15:00", or a time span such as "from 9am to 5pm"',
    6,
  ],
  [
    "every 5 minutes at 9am",
    '"5" (character 7) goes on all day, and not at one time of it. Write "every hour at minute 9", "every day at 9:00", or a time span such as "from 9am to 5pm"',
    6,
  ],
  [
    "every 90 minutes on monday",
    '"90" (character 7) does not divide an hour, and is no part of days or hours. Leave out all but "every 90 minutes", or write an interval that divides it',
    6,
  ],
  [
    "every 7 hours from 9am to 5pm",
    '"7" (character 7) does not divide a day, and is no part of days or hours. Leave out all but "every 7 hours", or write an interval that divides it',
    6,
  ],
  [
    "every 5 minutes at minute 3",
    '"5" (character 7) and "at minute" say different things. Leave out one of both, or write "every hour" or "every minute"',
    6,
  ],
  [
    "every 5 seconds at second 3",
    '"5" (character 7) and "at second" say different things. Leave out one of both, or write "every hour" or "every minute"',
    6,
  ],
  [
    "every 15 minutes from 9:15 to 17:00",
    '"9:15" (character 23) begins or ends between full hours, or at different minutes. Write full hours, such as "from 9am to 5pm"',
    22,
  ],
  [
    "every hour from 9:15 to 17:00",
    '"9:15" (character 17) begins or ends between full hours, or at different minutes. Write full hours, such as "from 9am to 5pm"',
    16,
  ],
  [
    "every day at minute 5",
    '"day" (character 7) does not say in which hours. Write "every hour at minute 5" or "every minute at second 10"',
    6,
  ],
  [
    "every day at 9am at minute 5",
    'it has times of day, and minutes or hours besides. Write times such as "at 9:05 and 9:35", or "every hour at minute 5 from 9am to 5pm"',
  ],
  [
    "every monday on the 13th",
    'it has days of the week and of the month. Write "on the 13th or on friday" for either; a cron that means both is "0 0 13 * fri&"',
  ],
  [
    "every 2 weeks",
    '"2" (character 7) does not say from which week they are counted. Write "0 9 * * mon%2" for each 2 weeks on Monday at 9, or an interval of days',
    6,
  ],
  [
    "every 2 years",
    '"2" (character 7) is more than a cron can say. Write "every year", and look at the year in the job',
    6,
  ],
  [
    "every 5 days on monday",
    '"5" (character 7) and days beside it say different things. Write "every 5 days" by itself, or a cron such as "0 0 1/5 * *"',
    6,
  ],
  [
    "every 5 days starting at day 3",
    '"5" (character 7) and days beside it say different things. Write "every 5 days" by itself, or a cron such as "0 0 3/5 * *"',
    6,
  ],
  [
    "every 15 minutes starting at minute 60",
    '"15" (character 7) cannot start at 60. Write less than 60',
    6,
  ],
  [
    "every second monday",
    '"second" (character 7) may be counted from anywhere. Write "of the month" behind it; every so many weeks is "mon%2" in a cron',
    6,
  ],
  [
    "every 2nd day",
    '"2nd" (character 7) may be counted from anywhere. Write "every 2 days", or "every 2nd of the month"',
    6,
  ],
  [
    "every 6th monday of the month",
    '"6th" (character 7) is in no month. Write "first" to "fifth" or "last"',
    6,
  ],
  ["every 32nd of the month", '"32nd" (character 7) is in no month. Write a day from 1 to 31', 6],
  ["on day 0", '"0" (character 8) is in no month. Write a day from 1 to 31', 7],
  ["at minute 60", '"60" (character 11) is too large. Write a number from 0 to 59', 10],
  [
    "every day at 9am and",
    '"and" (character 18) has nothing behind it that belongs there. Write what is to follow, or end it before',
    17,
  ],
  ["from here", '"here" (character 6) is no beginning. Write "from 9am to 5pm"', 5],
  [
    "at lunch",
    '"lunch" (character 4) is no time of day. Write a time such as "9am", "15:30" or "noon"',
    3,
  ],
  [
    "on holidays",
    '"holidays" (character 4) is no day. Write "on monday", "on the 1st and 15th" or "on days 1, 15"',
    3,
  ],
  [
    "in Amsterdam",
    '"Amsterdam" (character 4) is no time zone. Write a name such as "Europe/Amsterdam", "UTC" or an offset such as "+05:30". Did you mean "Europe/Amsterdam"?',
    3,
  ],
  [
    "every day at 25:00",
    '"25:00" (character 14) is no time of day. Write a time such as "9am", "15:30" or "noon"',
    13,
  ],
  [
    "every day at 13pm",
    '"13 pm" (character 14) is no time of day. Write a time such as "9am", "15:30" or "noon"',
    13,
  ],
  [
    "every day at 9:75",
    '"9:75" (character 14) is no time of day. Write a time such as "9am", "15:30" or "noon"',
    13,
  ],
  ["every day every hour", '"hour" (character 17) is a second interval. Write two schedules', 16],
  ["every day UTC Asia/Tokyo", '"Asia/Tokyo" (character 15) is a second time zone. Write one', 14],
  [
    "every day at 9am sharp",
    '"sharp" (character 18) is not understood. Write a cron such as "30 9 * * mon-fri", or a phrase such as "every 15 minutes", "every monday at 9am", "every month on the 1st and 15th at 8am" or "every day at noon Europe/Amsterdam"',
    17,
  ],
  [
    "5",
    '"5" (character 1) is not understood. Write a cron such as "30 9 * * mon-fri", or a phrase such as "every 15 minutes", "every monday at 9am", "every month on the 1st and 15th at 8am" or "every day at noon Europe/Amsterdam"',
    0,
  ],
  [
    "every day at 9am UTC+2",
    '"+" (character 21) is not understood. Write a cron such as "30 9 * * mon-fri", or a phrase such as "every 15 minutes", "every monday at 9am", "every month on the 1st and 15th at 8am" or "every day at noon Europe/Amsterdam"',
    20,
  ],
  [
    "every day at",
    '"at" (character 11) has nothing behind it that belongs there. Write a time such as "9am", "15:30" or "noon"',
    10,
  ],
  [
    "60 * * * *; every foo",
    '"60" (character 1) is no minute. Write "*", a number from 0 to 59, a range such as "0-59", a step such as "*/2", or a list of those',
    0,
  ],
];

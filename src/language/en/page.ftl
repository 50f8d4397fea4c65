# The sentences of the page `report.html` in English.

page-title = backtrail report
page-contents = Contents
page-footer = Made by backtrail, offline, from the archive named above. All times are UTC.
page-search = Search
page-shown = rows
page-sort = Sort by this column
page-cut = { $shown } of { $total } rows are shown. All of them are in { $file }, in the folder of this report.
page-cut-without-file = { $shown } of { $total } rows are shown. --format csv writes all of them beside this report.
page-none = None.
page-total = { $count ->
    [one] 1 row
   *[other] { $count } rows
}

# The numbers of the audit.
page-places = { $accounts ->
    [one] 1 account
   *[other] { $accounts } accounts
}, { $regions ->
    [one] 1 region
   *[other] { $regions } regions
}
page-fact-attempts = { $subject ->
    [attempts] attempts
   *[other] matches
}
page-fact-stories = deletions
page-fact-principals = principals
page-fact-episodes = alarm episodes
page-fact-time-in-alarm = in ALARM
page-fact-problems = problems

# The stories.
page-stories = Stories
page-no-stories = The archive has no deletion of a secret or key, and no refused call names one.
page-stories-lead = { $count ->
    [one] One deletion of a secret or key.
   *[other] { $count } deletions of secrets and keys, the most urgent first.
}
page-stories-others = Other deletions
page-phase-before = before
page-phase-pending = while pending
page-phase-after = after
page-window = time in which the deletion can be undone
page-story-chart = Time axis of { $name }
page-story-callers = Who still requested it
page-story-evidence = Evidence: records and the files that hold them
page-moment-scheduled = scheduled { $time }
page-moment-restored = restored { $time }
page-moment-deleted = deleted { $time }
page-moment-last-use = last used { $time }
page-moment-limit = window ends { $time }
page-lane-attempts = seen by the alarm
page-lane-not-audited = alarm not audited
page-lane-unseen = not seen by it
page-fact-place = in
page-fact-scheduled = scheduled
page-fact-undoing = undoing
page-fact-last-use = last used
page-fact-attempted = attempts
page-fact-unseen = not seen by AWS’s alarm
page-fact-restored = restored
page-fact-deleted = deleted
page-fact-command = to restore it
page-record = record { $record }
page-not-in-archive = not in the archive
page-days-after-scheduled = , { $days ->
    [one] 1 day
   *[other] { $days } days
} after it was scheduled

# The alarms.
page-alarms = Alarm timeline
page-no-alarms = No alarm was replayed.
page-proposed = proposed: no defined alarm on this metric can be replayed
page-legend-bar = metric per period
page-legend-breaching = beyond the threshold
page-legend-threshold = threshold
page-legend-alarm = in ALARM
page-bursts = Bursts of activity, closer
page-alarms-not-shown = { $count ->
    [one] 1 more alarm is in alarm_history, in the folder of this report.
   *[other] { $count } more alarms are in alarm_history, in the folder of this report.
}
page-alarm-chart = Metric and states of { $name }, { $span }
page-alarm-description = { $periods ->
    [one] 1 period with a value
   *[other] { $periods } periods with a value
}, the highest { $highest }; threshold { $threshold }; { $episodes ->
    [one] 1 episode in ALARM
   *[other] { $episodes } episodes in ALARM
}. The table of episodes has their times.
page-in-alarm = { $count ->
    [0] Never in ALARM
    [one] 1 episode in ALARM, { $duration }
   *[other] { $count } episodes in ALARM, { $duration } together
}

# The attempts.
page-attempts = { $subject ->
    [attempts] Attempts
   *[other] Matches
}
page-no-attempts = { $subject ->
    [attempts] There was no attempt.
   *[other] No record matched.
}
page-attempts-caption = { $subject ->
    [attempts] Attempts, the latest ones if there are many
   *[other] Records that matched, the latest ones if there are many
}
page-heat-map = { $subject ->
    [attempts] Attempts by day and hour (UTC)
   *[other] Matches by day and hour (UTC)
}
page-by-weekday = The archive is longer than { $days } days, so days of the week are joined.
page-heat-map-description = { $subject ->
    [attempts] Attempts: { $count }
   *[other] Matches: { $count }
}; the highest number is { $most }, first at { $hour }.
page-monday = Monday
page-tuesday = Tuesday
page-wednesday = Wednesday
page-thursday = Thursday
page-friday = Friday
page-saturday = Saturday
page-sunday = Sunday
page-principals = Principals
page-principals-caption = Who is accountable, the busiest first
page-sources = Sources
page-sources-caption = From where, and with which program
page-episodes = Episodes in ALARM
page-episodes-caption = Times in ALARM, and whether they depend on the clock
page-notifications = Notifications
page-notifications-caption = Changes of state that have actions
page-still-in-alarm = at the end of the replay still in ALARM
page-under-every-clock = under every clock
page-not-under = not under { $clocks }
page-held-back = held back
page-not-named = not named

# The coverage.
page-coverage = Coverage
page-coverage-numbers = { $days ->
    [one] 1 day
   *[other] { $days } days
} of { $places ->
    [one] 1 account and region
   *[other] { $places } accounts and regions
}, { $absent ->
    [0] none without an object.
    [one] 1 of them without an object.
   *[other] { $absent } of them without an object.
}
page-coverage-hours = { $hours ->
    [one] 1 hour has no object.
   *[other] { $hours } hours have no object.
}
page-calendar = Calendar of the days with and without objects
page-coverage-caption = Days with and without objects, by account and region
page-day-present = objects, all read
page-day-damaged = objects that could not be read in full
page-day-absent = no object
page-day-hint = { $day }: { $state } ({ $objects })
page-places-not-shown = { $count ->
    [one] 1 more account and region is in the table of coverage, in the folder of this report.
   *[other] { $count } more accounts and regions are in the table of coverage, in the folder of this report.
}

# Integrity, problems and the method.
page-integrity = Integrity and problems
page-not-verified = The digests of log file validation were not checked: the audit ran without --verify.
page-integrity-proven = Everything that was checked is proven.
page-integrity-wrong = Something is wrong.
page-integrity-not-proven = Nothing is wrong, but not everything is proven.
page-proven-log-files = Proven: { $proven } of { $total ->
    [one] 1 log file
   *[other] { $total } log files
}.
page-grades-caption = Objects by grade
page-gaps-caption = Times for which a chain of digests proves nothing
page-problems = Problems
page-problems-lead = The numbers above leave out what could not be read.
page-no-problems = None: everything that is of CloudTrail was read.
page-problems-caption = What could not be read
page-method = How it was computed
page-assumptions = Assumptions
page-computed = Run
page-rules = Rules
page-rules-caption = Metric filters
page-files = Files of this report, with SHA-256
page-files-caption = Files beside this page
page-method-version = program
page-method-commit = commit
page-method-command = command
page-command-in-run = as typed in run.json, in the folder of this report
page-method-clock = clock
page-method-scope = alarm scope
page-method-objects = objects
page-method-records = records
page-method-bytes = stored / content
page-method-inputs = SHA-256 of the inputs
page-method-rules = SHA-256 of the rules
page-objects = { $listed } listed = { $read } read + { $skipped } skipped + { $failed } failed
page-records = { $total } = { $matched } matched + { $unmatched } unmatched + { $duplicate } duplicate + { $excluded } excluded + { $unparseable } unparseable

# The back-test.
page-backtest-recommended = Recommended: { $alarm }.
page-backtest-missed = Every alarm that was tried misses all bursts, so none is recommended.
page-backtest-nothing = There is nothing to judge alarms by, so none is recommended.
page-backtest-scope = { $combinations ->
    [one] 1 combination
   *[other] { $combinations } combinations
}, { $attempts ->
    [one] 1 match
   *[other] { $attempts } matches
}, { $bursts ->
    [one] 1 burst
   *[other] { $bursts } bursts
}
page-backtest-export = Deploy it:
page-backtest-curves = What a threshold changes
page-backtest-settings = One curve for each period, all else being equal: { $settings }.
page-backtest-threshold = threshold
page-backtest-episodes = Episodes in ALARM
page-backtest-minutes = Minutes in ALARM
page-backtest-missed-bursts = Bursts without a notification
page-backtest-description = { $curve }: from { $first } at the lowest threshold to { $last } at the highest
page-backtest-table = Alarms that were tried, the best first
page-backtest-caption = Alarms with their performance

# The columns of tables.
page-column-time = time
page-column-rule = rule
page-column-event = event
page-column-target = what
page-column-principal = who
page-column-source = source address
page-column-user-agent = user agent
page-column-error = error
page-column-phase = phase
page-column-place = account and region
page-column-event-id = event ID
page-column-object = file
page-column-record = record
page-column-name = name
page-column-verdict = verdict
page-column-attempts = records
page-column-window-end = end of the window
page-column-first = first
page-column-last = last
page-column-calls = calls
page-column-targets = secrets and keys
page-column-sources = addresses
page-column-principals = principals
page-column-alarm = alarm
page-column-start = start
page-column-end = end
page-column-duration = duration
page-column-peak = peak
page-column-samples = samples
page-column-clock = clock
page-column-evidence = evidence
page-column-settings = other settings
page-column-changed = changed
page-column-state = state
page-column-sent = sent
page-column-actions = actions
page-column-first-object = first object
page-column-last-object = last object
page-column-days-with = days with objects
page-column-days-without = days without
page-column-gaps = gaps
page-column-grade = grade
page-column-objects = objects
page-column-chain = chain
page-column-kind = kind
page-column-detail = detail
page-column-pattern = pattern
page-column-metric = metric
page-column-matches = matches
page-column-file = file
page-column-sha256 = SHA-256
page-column-rank = rank
page-column-threshold = threshold
page-column-period = period
page-column-datapoints = datapoints
page-column-episodes = episodes
page-column-minutes = minutes
page-column-missed = bursts missed
page-column-noise = without a burst
page-column-delay = median delay

# The answer of an audit: one sentence, and the parts that it is made of.

answer-certain = { $verdict }.
answer-doubted = { $verdict }, but { $doubt }, { $consequence }.

answer-no-records = No record is in the selection, so the archive does not say who used what
answer-no-deletion = Nobody used a secret or key that was pending deletion
answer-unneeded = Nobody used { $count ->
    [one] the { $things } whose deletion was scheduled
   *[other] any of the { $things } whose deletion was scheduled
}
answer-unnamed = { $count ->
    [one] 1 attempt was refused because the { $kind } was pending deletion, and the record does not name which
   *[other] { $count } attempts were refused because the { $kind } was pending deletion, and the records do not name which
}
answer-needed = { $count ->
    [one] The { $kind } { $name } was still requested while pending deletion or after it: { $fate }
   *[other] { $things } were still requested while pending deletion or after it; the most urgent is the { $kind } { $name }: { $fate }
}
answer-needed-restorable = { $count ->
    [one] The { $kind } { $name } is pending deletion and still requested: { $fate }
   *[other] { $things } were still requested while pending deletion or after it; { $restorable } can still be restored; the most urgent is the { $kind } { $name }: { $fate }
}

answer-may-be-more = so there may be more
answer-not-proven = so this is not proven

answer-secrets = { $count ->
    [one] 1 secret
   *[other] { $count } secrets
}
answer-keys = { $count ->
    [one] 1 key
   *[other] { $count } keys
}
answer-authorities = { $count ->
    [one] 1 certificate authority
   *[other] { $count } certificate authorities
}
answer-payment-keys = { $count ->
    [one] 1 payment key
   *[other] { $count } payment keys
}
answer-secrets-and-keys = { $count } secrets and keys

kind-secret-or-key = secret or key
kind-secret = secret
kind-key = key
kind-certificate-authority = certificate authority
kind-payment-key = payment key

fate-restorable-until = it can be restored until { $until }
fate-restorable = it can still be restored
fate-window-ended = its recovery window ended at { $until }
fate-deleted = it is deleted
fate-restored = it was restored
fate-unknown = the archive does not show its deletion

doubt-not-as-delivered = the log files are not as CloudTrail delivered them
doubt-unread-objects = { $count ->
    [one] 1 object
   *[other] { $count } objects
} could not be read in full
doubt-problems = there { $count ->
    [one] is 1 problem
   *[other] are { $count } problems
}
doubt-omitted-uses = { $count ->
    [one] 1 use is
   *[other] { $count } uses are
} left out
doubt-missing-days = { $count ->
    [one] 1 day has
   *[other] { $count } days of accounts and regions have
} no object

# Undoing a deletion.

restoration-in-account = Run it in account { $account }: in another account, it restores the secret that has this name there.
restoration-in-git-bash = In Git Bash, set MSYS_NO_PATHCONV=1 first, or it takes the name for a path.
restoration-leaves-disabled = It stays disabled until you enable it.
restoration-unsafe-name = It can still be restored, but the archive has no name of it that a command takes safely.
restoration-restored = It was restored already.
restoration-deleted = It is deleted and cannot be restored.
restoration-replica = A replica cannot be restored. Replicate the secret to this region again.
restoration-window-ended = Its recovery window is over, so it cannot be restored for sure. Look whether it still exists.
restoration-unknown = The archive does not show whether it is pending deletion.

# The parts of the summary.

terminal-place = The report is in { $folder } ({ $count ->
    [one] 1 file
   *[other] { $count } files
}).
terminal-table-left-out = It has no table { $table }, which would have more than 10 million rows. --tables { $table } writes it
terminal-time-zone = Times are in { $zone }, with UTC in brackets.
terminal-findings = findings
terminal-more = … and { $count } more; { $file } has all of them
terminal-more-without-folder = … and { $count } more; --out DIR writes all of them to { $file }
terminal-more-in-json = … and { $count } more; --json has all of them
terminal-not-named = not named
terminal-none = none
terminal-range = { $from } to { $to }
terminal-warning = warning

# Stories.

terminal-stories = Stories
terminal-deletions = { $count ->
    [one] 1 deletion of a secret or key
   *[other] { $count } deletions of secrets and keys, the most urgent first
}
terminal-in = in
terminal-scheduled = scheduled
terminal-last-used = last used
terminal-attempts = attempts
terminal-callers = callers
terminal-unseen = unseen
terminal-restored = restored
terminal-deleted = deleted
terminal-restore = restore
terminal-names = names
terminal-not-in-the-archive = not in the archive
terminal-from = from { $address }
terminal-with = with { $program }
terminal-caller = { $who }: { $count ->
    [one] 1 call
   *[other] { $count } calls
}, { $times }
terminal-missed = by AWS's alarm: { $calls }
terminal-copies-count = {" "}(copies count)
terminal-not-joined = not joined to an ARN, { $reason }
terminal-joined = joined by { $names }

# Rules and metrics.

terminal-rules = Rules
terminal-busy-rules = { $busy } of { $count } { $busy ->
    [one] has
   *[other] have
} matches
terminal-rule = rule
terminal-matches-column = matches
terminal-attempts-column = attempts
terminal-episodes-column = episodes in ALARM
terminal-time-column = time in ALARM
terminal-attempts-heading = Attempts
terminal-matches-heading = Matches
terminal-attempts-to = { $count ->
    [one] 1 attempt
   *[other] { $count } attempts
} { $subject }
terminal-matches-of = { $count ->
    [one] 1 match
   *[other] { $count } matches
}: { $subject }
terminal-metric = metric
terminal-metric-range = { $from } to { $to }, at most { $maximum } in { $period }
terminal-no-sample = no sample
terminal-dimensions = by
terminal-event = event
terminal-principal = principal
terminal-secret-or-key = secret or key
terminal-first = first
terminal-last = last

# Alarms.

terminal-alarm = Alarm
terminal-never-in-alarm = never in ALARM
terminal-in-alarm = { $count ->
    [one] 1 episode
   *[other] { $count } episodes
} in ALARM, { $time }
terminal-name = name
terminal-proposed-alarm = { $name } (proposed: no defined alarm on this metric can be replayed)
terminal-composite-alarm = { $name } (composite)
terminal-condition = condition
terminal-of-rules = rules
terminal-sees = sees
terminal-actions = actions
terminal-notifications = ran for { $at-once ->
    [one] 1 change
   *[other] { $at-once } changes
} at once, for { $delayed } later; { $held-back } held back by a suppressor or mute rule
terminal-replayed = replayed
terminal-replay = { $from } to { $to }, every evaluation
terminal-in-alarm-from = in ALARM from
terminal-to = to
terminal-for = for
terminal-peak = peak
terminal-samples = samples
terminal-clock = clock
terminal-end-of-replay = end of replay
terminal-not-compared = not compared
terminal-certain = certain
terminal-not-under = not under { $clocks }

# What limits the numbers.

terminal-problems = Problems
terminal-everything-was-read = none: everything was read
terminal-everything-of-cloudtrail-was-read = none: everything that is of CloudTrail was read
terminal-problem-count = { $count ->
    [one] 1 problem
   *[other] { $count } problems
}: the numbers above leave out what could not be read
terminal-record = record { $number }
terminal-byte = byte { $number }
terminal-integrity = Integrity
terminal-proven = everything that was checked is proven
terminal-wrong = something is wrong
terminal-not-proven = nothing is wrong, but not everything is proven
terminal-proven-label = proven
terminal-proven-log-files = { $proven } of { $count ->
    [one] 1 log file
   *[other] { $count } log files
}
terminal-grades = grades
terminal-grade-counts = { $grades }, digests included
terminal-notes = notes
terminal-chain = chain
terminal-gap-kind = kind
terminal-gap-from = gap from
terminal-explained-column = reason
terminal-explained = explained
terminal-coverage = Coverage
terminal-days-unknown = what seems to be missing
terminal-covered = { $count ->
    [one] 1 day
   *[other] { $count } days
} of accounts and regions, { $days } of them without any object; { $hours ->
    [one] 1 hour
   *[other] { $hours } hours
} without any
terminal-assumptions = Assumptions
terminal-assumptions-because = where AWS is undocumented or the archive has less information than AWS had

# What was scanned.

terminal-scanned = Scanned
terminal-objects = objects
terminal-objects-sum = { $listed } listed = { $read } read + { $skipped } skipped{ $reasons } + { $failed } failed{ $partly }; { $stored } stored, { $content } of content
terminal-read-in-part = { $count } of them read in part
terminal-not-of-cloudtrail = { $count } not of CloudTrail: { $content }, such as { $example }
terminal-content-json = JSON without records
terminal-content-table = tables without records
terminal-content-binary = binary data
terminal-content-text = text
terminal-content-other = something else
terminal-records = records
terminal-matched = { $count } matched
terminal-unmatched = { $count } unmatched
terminal-duplicate = { $count } duplicate
terminal-excluded = { $count } excluded
terminal-unparseable = { $count } unparseable
terminal-events = events
terminal-requested = { $events } (requested: { $requested })
terminal-places = places
terminal-accounts-and-regions = accounts { $accounts }; regions { $regions }

# One secret or key.

terminal-resource = About
terminal-no-users = The archive shows nobody who used it.
terminal-address = from
terminal-program = with
terminal-before = before
terminal-during = during
terminal-after = after
terminal-period = { $count ->
    [one] 1 call
   *[other] { $count } calls
}, { $refused } refused, { $times }

# Names that could not be joined to an ARN.

not-joined-name-only = because no record gives it
not-joined-earlier-name = because the secret of that name was created only later
not-joined-ambiguous = because several had the name and the archive does not show which

# The sentences of reports in English. Identifiers are the same in all languages.

# A text that is the same in all languages, such as an error.
text-verbatim = { $text }

# Parts of sentences.
list-range = { $first } to { $last }
list-cut = { $names } and { $count } more

# Verdicts of stories.
verdict-pending-in-use-until = pending at the end of the archive until { $until }, while { $callers ->
    [one] 1 caller still asks
   *[other] { $callers } callers still ask
} for it
verdict-pending-in-use = pending at the end of the archive, while { $callers ->
    [one] 1 caller still asks
   *[other] { $callers } callers still ask
} for it
verdict-pending-until = pending at the end of the archive until { $until }; nothing asked for it
verdict-pending = pending at the end of the archive; nothing asked for it
verdict-awaits-replicas = deleted once its replicas are; { $asked }
verdict-window-ended = its window ended at { $until }, and the archive does not show its deletion; { $asked }
verdict-deleted-in-use = deleted while { $callers ->
    [one] 1 caller
   *[other] { $callers } callers
} still asked for it
verdict-deleted = deleted; nothing asked for it
verdict-forced = force-deleted, no way back
verdict-forced-in-use = force-deleted, no way back; { $asked }
verdict-replica-deleted = replica deleted at once; the secret lives on in its own region
verdict-replica-deleted-in-use = replica deleted at once; the secret lives on in its own region; { $asked }
verdict-restored-in-use = still in use when scheduled; restored after { $attempts ->
    [one] 1 attempt
   *[other] { $attempts } attempts
}
verdict-restored-in-use-in-days = still in use when scheduled; restored after { $attempts ->
    [one] 1 attempt
   *[other] { $attempts } attempts
} in { $days ->
    [one] 1 day
   *[other] { $days } days
}
verdict-restored = restored; nothing asked for it
verdict-restored-in-days = restored in { $days ->
    [one] 1 day
   *[other] { $days } days
}; nothing asked for it
verdict-unscheduled = pending deletion when { $callers ->
    [one] 1 caller
   *[other] { $callers } callers
} asked for it; the archive does not show its deletion
verdict-end-missing = scheduled, and the archive does not show how it ended; { $asked }
verdict-asked = { $callers ->
    [0] nothing
    [one] 1 caller
   *[other] { $callers } callers
} asked for it

# Events of stories: who did what, and until when it can be undone.
event-at-no-known-time = at no known time
event-at-or-later = { $time } or later
event-by = { $event } by { $principal }
event-by-from = { $event } by { $principal } from { $address }
times-at = at { $time }
times-from-to = from { $from } to { $to }
attempted-times = { $count }, { $times }
attempted-with-days-left = { $count }, { $times }, with { $days ->
    [one] 1 day
   *[other] { $days } days
} left
undoing-possible = can be undone until { $until }
undoing-over = could be undone until { $until }
undoing-impossible = cannot be undone

# Calls that AWS's alarm does not see.
missed-calls = { $count ->
    [one] 1 call
   *[other] { $count } calls
} { $reason }
missed-after-deletion = after the deletion
missed-access-denied = without permission
missed-other-operation = of other operations
missed-other-text = refused in other words
missed-batch = for several secrets at once
missed-other-service = of a service without a documented alarm
missed-succeeded = that still succeeded

# What seems to be missing of an archive.
coverage-without-kms = there is no record of KMS at all: the trail may exclude them, or nothing used a key
coverage-without-reads = there is no record of a read-only call: the trail may exclude them, and with them every read of a secret
coverage-without-places = the names of the objects contain no account, region and time of delivery, so days that are absent cannot be found
coverage-absent-days = { $absent } of { $days ->
    [one] 1 requested day
   *[other] { $days } requested days
} { $absent ->
    [one] has
   *[other] have
} no object in { $places }: { $ranges }
coverage-unknown-account = --account { $name }: nothing of this account was found
coverage-unknown-region = --region { $name }: nothing of this region was found
coverage-account = account { $account }
coverage-root = account { $account } in { $root }
coverage-outlier = the objects of { $name } are of the hours { $first } to { $last } only; together with others they are of the hours { $begin } to { $end }
coverage-silent-region = { $place } has no object after the hour of { $since }, while other regions of the account go on until { $until }
coverage-no-kms-since = { $place } has no record of KMS after the hour of { $since }, while other records go on: the trail may exclude them since then
coverage-no-reads-since = { $place } has no record of a read-only call after the hour of { $since }, while other records go on: the trail may exclude them since then
coverage-the-archive = the archive
coverage-more = … and { $count } more of the kind; `coverage.places` in the summary has all

# Uses of secrets and keys that are missing or merged.
uses-omitted = { $count ->
    [one] 1 use of a secret or key is
   *[other] { $count } uses of secrets and keys are
} left out, since uses are of too many kinds; a secret or key without a use may have had some
uses-merged-to-days = uses of secrets and keys are kept by days instead of hours, since they are of many kinds
uses-merged-to-callers = uses of secrets and keys are kept by callers, and not by time, since they are of many kinds
uses-merged-to-principals = uses of secrets and keys are kept by principals, and not by time, address and program, since they are of many kinds
uses-unknown = the uses of secrets and keys in { $count ->
    [one] 1 object
   *[other] { $count } objects
} are not known, since an earlier version scanned { $count ->
    [one] it
   *[other] them
} into the ledger; --rescan collects them

# Findings for other systems that are missing.
findings-in-files = the findings for Security Hub are in { $count } files, { $first } to { $last }, since one call imports at most 100
findings-undated = { $count ->
    [one] 1 finding is left out, since no record of it has a time
   *[other] { $count } findings are left out, since no record of theirs has a time
}
findings-without-account = { $count ->
    [one] 1 finding is
   *[other] { $count } findings are
} not in the files for Security Hub, which imports a finding only with its account and region

# Assumptions: the name, the value, and the meaning of each.
assumption-clock = clock
assumption-clock-log = { $clock }; { $unknown } of { $count ->
    [one] 1 match
   *[other] { $count } matches
} { $unknown ->
    [one] has no time of a log group and counts when it happened
   *[other] have no time of a log group and count when they happened
}
assumption-clock-meaning = AWS counts an event in the minute of its delivery to CloudWatch Logs, minutes later; an S3 archive does not contain that time, so each episode is also looked for under other clocks
assumption-duplicates = duplicates
assumption-duplicates-dropped = dropped by eventID
assumption-duplicates-kept = kept
assumption-duplicates-meaning = A log group receives one copy of an event, an archive may contain several; only selected records are compared
assumption-interior-star = * within a value
assumption-interior-star-value = any run of characters; { $differing ->
    [one] 1 answer of a rule
   *[other] { $differing } answers of rules
} would differ if it stood for itself
assumption-interior-star-meaning = AWS does not say which it is; its guide of 2018 printed it as itself, deployed patterns mean any run
assumption-default-value = default value
assumption-default-value-value = published once for each event that does not match
assumption-default-value-meaning = AWS documents it for minutes without a match, and was seen to publish it so; copies of such events count
assumption-missing-value = value that is missing or not a number
assumption-missing-value-value = the default where it is missing or null, else no sample
assumption-missing-value-meaning = AWS was seen to publish so
assumption-missing-dimension = dimension that is missing or empty
assumption-missing-dimension-value = a sample without dimensions
assumption-missing-dimension-meaning = AWS was seen to publish so where a dimension is missing; null and empty ones are assumed alike. An alarm without dimensions sees these samples only
assumption-selected-events = field selection criteria
assumption-selected-events-value = by recipientAccountId and awsRegion of the record
assumption-selected-events-meaning = AWS selects by the account and region in which an event arose, which are taken for those of the record; a record that lacks one satisfies no condition on it
assumption-evaluation-range = evaluation range
assumption-evaluation-range-value = { $count ->
    [one] 1 datapoint
   *[other] { $count } datapoints
}
assumption-evaluation-range-meaning = AWS fetches more datapoints than it evaluates and does not publish how many; this follows its documented tables and recorded histories
assumption-evaluation-offset = evaluation offset
assumption-evaluation-offset-value = { $seconds } s
assumption-evaluation-offset-meaning = Each alarm is evaluated at a fixed offset within the minute that AWS does not publish
assumption-alarm-scope = alarm scope
assumption-alarm-scope-more = and { $count ->
    [one] 1 more alarm differs
   *[other] { $count } more alarms differ
}
assumption-alarm-scope-compared = { $alarm } has { $episodes } in ALARM here
assumption-alarm-scope-other = { $episodes } with { $scope }
assumption-alarm-scope-meaning = A log group is in one account and region: the trail of an organization feeds one with everything, the trail of an account or region feeds its own
assumption-mapped-from-ocsf = records of Security Lake
assumption-mapped-from-ocsf-value = { $count } mapped from OCSF to the fields of CloudTrail
assumption-mapped-from-ocsf-meaning = OCSF keeps the fields of a record under other names, and those that it has no name for as text; null members and types of values are lost, and a pattern on a field that the collector left out selects nothing
assumption-requested = requested time
assumption-requested-from = from { $from } on
assumption-requested-to = before { $to }
assumption-requested-both = from { $from }, before { $to }
assumption-requested-meaning = Calls outside this time are not in the report, not even those that scheduled, canceled or completed a deletion, so a story may have begun earlier or ended differently
assumption-mapped-from-ecs = records of Elastic
assumption-mapped-from-ecs-value = { $count } mapped from ECS to the fields of CloudTrail
assumption-mapped-from-ecs-meaning = Without event.original, a document of ECS has only the fields that the pipeline of Elastic keeps; a pattern on another field selects nothing, and a time without a zone, as in a CSV of Kibana, is read as UTC
assumption-without-hash = hashes of objects
assumption-without-hash-value = missing for { $unknown } of { $count }
assumption-without-hash-meaning = A ledger of an earlier version does not hold the hash of an object, and an object beyond the limits is not read to its end
assumption-inventory = objects in S3
assumption-inventory-value = as of { $time }, from the inventory { $manifest }
assumption-inventory-meaning = S3 Inventory may lack objects that were written shortly before its time and list some that were deleted; objects that were delivered later are not part of this report
scope-archive = one alarm for the archive
scope-account = one alarm for each account
scope-region = one alarm for each account and region
episode-count = { $count ->
    [one] 1 episode
   *[other] { $count } episodes
}

# What rules count.
subject-custom-pattern = custom pattern
subject-metric-filter = metric filter { $name }
subject-secrets = to read a secret pending deletion
subject-kms = to use a KMS key pending deletion
subject-secrets-2018 = to read a secret pending deletion, in the words of 2018
subject-secrets-writes = to change a secret pending deletion, or to create one of its name
subject-acm-pca = to use a private certificate authority pending deletion
subject-changes-to-security-groups = changes to security groups
subject-failed-sign-ins-to-the-console = failed sign-ins to the console
subject-changes-to-iam-policies = changes to IAM policies
subject-actions-of-the-root-user = actions of the root user
subject-api-calls-in-sessions-without-mfa = API calls in sessions without MFA
subject-sign-ins-to-the-console-without-mfa = sign-ins to the console without MFA
subject-unauthorized-api-calls = unauthorized API calls
subject-unauthorized-api-calls-and-most-others = unauthorized API calls, and all but HeadBucket calls of the log delivery service
subject-sign-ins-of-iam-users-to-the-console-without-mfa = sign-ins of IAM users to the console without MFA
subject-changes-to-the-configuration-of-cloudtrail = changes to the configuration of CloudTrail
subject-kms-keys-disabled-or-scheduled-for-deletion = KMS keys disabled or scheduled for deletion
subject-changes-to-policies-of-s3-buckets = changes to policies of S3 buckets
subject-changes-to-the-configuration-of-aws-config = changes to the configuration of AWS Config
subject-changes-to-network-acls = changes to network ACLs
subject-changes-to-network-gateways = changes to network gateways
subject-changes-to-route-tables = changes to route tables
subject-changes-to-vpcs = changes to VPCs
subject-changes-to-the-organization = changes to the organization

# Kinds of problems.
problem-unreadable = could not be read
problem-unavailable = not delivered this time
problem-access-denied = access denied
problem-archived = archived and not restored
problem-missing = listed, but does not exist
problem-missing-log-file = log file that a digest lists is missing
problem-replaced = replaced after it was listed
problem-empty = empty
problem-not-cloudtrail = not of CloudTrail
problem-unsupported-container = container that cannot be read
problem-unrecognized-records = records in an unknown form
problem-damaged-compression = damaged compression
problem-too-large = too large
problem-not-utf8 = not UTF-8
problem-damaged-json = damaged JSON
problem-damaged-table = damaged table
problem-not-a-record = not a record
problem-contradictory = values that contradict each other
problem-no-event-time = no event time
problem-unaccounted = not accounted for

# Durations.
duration-days = { $count } d
duration-hours = { $count } h
duration-minutes = { $count } min
duration-seconds = { $count } s

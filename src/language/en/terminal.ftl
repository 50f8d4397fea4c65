# The answer of an audit: one sentence, and the parts that it is made of.

answer-certain = { $verdict }.
answer-doubted = { $verdict }, but { $doubt }, { $consequence }.

answer-no-records = No record is in the selection, so the archive does not say who used what
answer-no-deletion = Nobody used a secret or key that was pending deletion
answer-unneeded = Nobody used { $count ->
    [one] the { $things } whose deletion was scheduled
   *[other] any of the { $things } whose deletion was scheduled
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

restoration-leaves-disabled = It stays disabled until you enable it.
restoration-unsafe-name = It can still be restored, but the archive has no name of it that a command takes safely.
restoration-restored = It was restored already.
restoration-deleted = It is deleted and cannot be restored.
restoration-replica = A replica cannot be restored. Replicate the secret to this region again.
restoration-window-ended = Its recovery window is over, so it cannot be restored for sure. Look whether it still exists.
restoration-unknown = The archive does not show whether it is pending deletion.

terminal-place = The report is in { $folder } ({ $count } files).

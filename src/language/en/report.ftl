# The sentences of reports in English. Identifiers are the same in all languages.

attempts = { $count ->
    [one] 1 attempt
   *[other] { $count } attempts
}

#!/usr/bin/env bash
# The main job, finding the attempts of the rule `secrets`, with what else is installed, on the same archive in turn.
#
#   benches/compare.sh ARCHIVE [BACKTRAIL] [ROUNDS] [TOOLS]
#
# Only backtrail also counts every record, computes the metric and replays the alarm; the others count matching records, or
# lines. Missing tools are named and left out: `rg`, `jq`, and for Python `duckdb` and `chdb`. TOOLS are those to run, such as
# "backtrail duckdb".
set -euo pipefail

archive=${1:?name the folder of an archive}
backtrail=${2:-target/release/backtrail}
rounds=${3:-3}
only=${4:-}
phrase='secret because it was marked for deletion'
threads=$(nproc)

objects() { find "$archive" -name '*.json.gz' -print0; }

run_backtrail() { "$backtrail" audit "$archive" --quiet --json | grep -m1 '"attempts"' | tr -dc '0-9'; }

run_zgrep() { objects | xargs -0 -P"$threads" -n64 zgrep -c -h "$phrase" | awk '{ n += $1 } END { print n " objects" }'; }

run_zgrep_jq() {
    objects | { xargs -0 -P"$threads" -n64 zgrep -l "$phrase" || true; } | xargs -r -n64 zcat |
        jq -c --arg phrase "$phrase" \
            '.Records[] | select(.eventName == "GetSecretValue" and ((.errorMessage // "") | contains($phrase)))' | wc -l
}

run_ripgrep() { { rg -z -c --no-filename "$phrase" "$archive" || true; } | awk '{ n += $1 } END { print n " lines" }'; }

run_duckdb() {
    python3 - "$archive" "$phrase" "$threads" <<'PYTHON'
import sys
import duckdb
archive, phrase, threads = sys.argv[1:]
duckdb.execute(f"set threads to {threads}")
# Reading whole objects and then projecting them takes a ninth of the time of projecting in read_json.
fields = '{"Records": [{"eventName": "VARCHAR", "errorMessage": "VARCHAR"}]}'
print(duckdb.execute(
    f"""select count(*) from (
        select unnest(from_json(json, '{fields}').Records) as r
        from read_json_objects(?, maximum_object_size = 16777216))
    where r.eventName = 'GetSecretValue' and r.errorMessage like '%' || ? || '%'""",
    [f"{archive}/**/*.json.gz", phrase]).fetchone()[0])
PYTHON
}

run_clickhouse() {
    python3 - "$archive" "$phrase" "$threads" <<'PYTHON'
import sys
import chdb
archive, phrase, threads = sys.argv[1:]
print(chdb.query(
    f"""select count() from (
        select arrayJoin(Records) as r from file('{archive}/**/*.json.gz', 'JSONEachRow',
            'Records Array(Tuple(eventName Nullable(String), errorMessage Nullable(String)))'))
    where r.eventName = 'GetSecretValue' and r.errorMessage like '%{phrase}%'
    settings max_threads = {threads}, input_format_skip_unknown_fields = 1, input_format_max_rows_to_read_for_schema_inference = 1""",
    "CSV").bytes().decode().strip())
PYTHON
}

has_module() { python3 -c "import $1" 2>/dev/null; }

tools=(backtrail zgrep)
command -v jq >/dev/null && tools+=(zgrep_jq) || echo "jq is not installed"
command -v rg >/dev/null && tools+=(ripgrep) || echo "rg is not installed"
has_module duckdb && tools+=(duckdb) || echo "duckdb is not installed"
has_module chdb && tools+=(clickhouse) || echo "chdb is not installed"

[[ -n $only ]] && read -ra tools <<<"$only"

declare -A times answers
for ((round = 0; round < rounds; round++)); do
    for tool in "${tools[@]}"; do
        begin=$(date +%s.%N)
        # A tool that finds nothing, or fails, says so in its answer.
        answers[$tool]=$({ "run_$tool" 2>&1 || true; } | tail -1)
        times[$tool]+="$(awk -v begin="$begin" -v end="$(date +%s.%N)" 'BEGIN { print end - begin }') "
    done
done

median() { tr ' ' '\n' <<<"$1" | grep . | sort -n | awk '{ t[NR] = $1 } END { print t[int((NR + 1) / 2)] }'; }

own=$(median "${times[backtrail]}")
printf '%-12s %9s %7s  %s\n' tool seconds ratio answer
for tool in "${tools[@]}"; do
    time=$(median "${times[$tool]}")
    printf '%-12s %9.3f %7.2f  %s\n' "$tool" "$time" "$(awk -v a="$time" -v b="$own" 'BEGIN { print a / b }')" "${answers[$tool]}"
done

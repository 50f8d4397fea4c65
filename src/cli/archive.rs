//! What the commands have in common that read an archive: where it is, which records of it, and
//! what to look for.

use std::collections::BTreeSet;
use std::error::Error;
use std::path::{Path, PathBuf};

use clap::Args;
use jiff::Timestamp;
use rayon::prelude::*;

use super::arguments::{self, NamedRules};
use super::open_ledger::{AskedOfLedger, LedgerArguments, OpenLedger};
use super::output;
use super::progress::Progress;
#[cfg(feature = "s3")]
use super::remote::RemoteArguments;
use crate::container::Limits;
use crate::findings::{Tally, TallySink};
use crate::job::{self, Definitions, read_definitions};
use crate::ledger::scope::ScopeRule;
use crate::ledger::{Ledger, LedgerError, Run, Scope, Use};
use crate::metric::{Dimension, MetricValue, Unit};
use crate::pattern::{parse, warnings};
use crate::plan::built_in::RULES;
use crate::plan::selection::parse_account;
use crate::plan::{BuiltInRule, Clock, Duplicates, Plan, Rule, Selection};
use crate::render::dry_run::RequestCounts;
#[cfg(feature = "s3")]
use crate::scan::remote::RemoteArchive;
use crate::scan::{Scanner, Tallies};
use crate::source::{Detail, Listing, Object, list};
use crate::time::parse_time;
use crate::time::period::{TimeRange, to_microsecond};

/// The rule that is looked for when none is named.
const DEFAULT_RULE: &str = "secrets";

/// Where an archive is, and which records of it count.
#[derive(Args, Debug)]
pub struct ArchiveArguments {
    /// Files or folders of CloudTrail objects, in the layout of S3 or flat; wildcards; `-` for
    /// standard input; `s3://BUCKET/PREFIX`. Without any, the report is on all that the ledger
    /// holds
    #[arg(required_unless_present = "ledger", value_name = "PATH")]
    pub paths: Vec<PathBuf>,

    /// Only events from this time on: RFC 3339, or a date in UTC
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    from: Option<Timestamp>,

    /// Only events before this time
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    to: Option<Timestamp>,

    /// Only this account; may be given several times
    #[arg(long, value_name = "ID", value_delimiter = ',', value_parser = parse_account)]
    account: Vec<String>,

    /// Only this region; may be given several times
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    region: Vec<String>,

    /// Count every copy of an event, instead of one for each eventID
    #[arg(long)]
    keep_duplicates: bool,

    /// How many threads work [default: one for each core]
    #[arg(long, value_name = "NUMBER", value_parser = arguments::threads)]
    threads: Option<usize>,

    #[command(flatten)]
    ledger: LedgerArguments,

    #[command(flatten)]
    limits: LimitArguments,

    #[cfg(feature = "s3")]
    #[command(flatten)]
    remote: RemoteArguments,

    /// No progress bar, and no summary unless --json asks for it
    #[arg(short, long)]
    pub quiet: bool,
}

/// How much an object may hold, so that no crafted one fills the memory.
#[derive(Args, Debug)]
#[command(next_help_heading = "Limits")]
struct LimitArguments {
    /// The most bytes that an object may hold after decompression, in MiB
    #[arg(long, value_name = "MIB", default_value_t = 1024, value_parser = clap::value_parser!(u64).range(1..=65_536))]
    max_content: u64,

    /// How many times its compressed size its content may have
    #[arg(long, value_name = "NUMBER", default_value_t = 500, value_parser = clap::value_parser!(u64).range(1..))]
    max_ratio: u64,

    /// How many compressions and archives may stand in one another
    #[arg(long, value_name = "NUMBER", default_value_t = 4, value_parser = clap::value_parser!(u32).range(1..=16))]
    max_nesting: u32,

    /// The most bytes of one record, in KiB
    #[arg(long, value_name = "KIB", default_value_t = 16_384, value_parser = clap::value_parser!(u64).range(1..=1_048_576))]
    max_record: u64,
}

impl LimitArguments {
    fn limits(&self) -> Limits {
        Limits {
            content_bytes: self.max_content << 20,
            ratio: self.max_ratio,
            nesting: self.max_nesting,
            record_bytes: self.max_record << 10,
        }
    }
}

/// What to look for in an archive.
#[derive(Args, Debug)]
pub struct RuleArguments {
    /// What to look for, by the name of a rule or group: secrets, kms, all for both, cis,
    /// aws-root-activity, …; `backtrail rules list` names them all [default: secrets]
    #[arg(long, value_name = "NAME", value_delimiter = ',', value_parser = arguments::named_rules)]
    rule: Vec<NamedRules>,

    /// Look for what this filter pattern of CloudWatch Logs matches, alone or beside --rule
    #[arg(long, value_name = "PATTERN", allow_hyphen_values = true)]
    pattern: Option<String>,

    /// Look for the metric filters of a job file, of what `aws logs describe-metric-filters`
    /// prints, or of a CloudFormation template, with the alarms on their metrics; may be given
    /// several times
    #[arg(long, value_name = "FILE")]
    job: Vec<PathBuf>,

    /// What each match of --pattern adds to its metric: a number, or the field that holds it, as
    /// $.a.b
    #[arg(
        long,
        value_name = "VALUE",
        requires = "pattern",
        default_value = "1",
        allow_hyphen_values = true
    )]
    metric_value: MetricValue,

    /// What each event adds to the metric that --pattern does not match
    #[arg(
        long,
        value_name = "NUMBER",
        requires = "pattern",
        allow_negative_numbers = true
    )]
    default_value: Option<f64>,

    /// A dimension of the metric of --pattern, and the field with its value; may be given three
    /// times
    #[arg(long, value_name = "NAME=$.FIELD", requires = "pattern")]
    dimension: Vec<Dimension>,

    /// The unit of the metric of --pattern
    #[arg(
        long,
        value_name = "UNIT",
        requires = "pattern",
        default_value = "None"
    )]
    unit: Unit,
}

/// The objects there are, and the way to those that are elsewhere.
pub struct Listed {
    /// The objects that must be read.
    pub listing: Listing,
    /// Those that the ledger knows.
    known: Vec<Object>,
    ledger: Option<OpenLedger>,
    #[cfg(feature = "s3")]
    remote: Option<RemoteArchive>,
}

impl Listed {
    /// The paths as they were given; where none was, those that the scans of the ledger were given,
    /// and the ledger itself where it tells none.
    pub fn sources(&self, archive: &ArchiveArguments) -> Vec<String> {
        match &self.ledger {
            Some(ledger) if archive.paths.is_empty() => ledger.sources(),
            _ => archive.sources(),
        }
    }

    /// Leaves the objects out that the ledger knows.
    fn leave_out_known(&mut self, pool: &rayon::ThreadPool) {
        let Some(ledger) = &self.ledger else { return };
        let objects = std::mem::take(&mut self.listing.objects);
        let are_known: Vec<bool> = pool.install(|| {
            objects
                .par_iter()
                .map(|object| ledger.knows(object))
                .collect()
        });
        for (object, is_known) in objects.into_iter().zip(are_known) {
            if is_known {
                self.known.push(object)
            } else {
                self.listing.objects.push(object)
            }
        }
    }

    /// How many requests the objects in S3 took, and would take; nothing where none is there.
    pub fn requests(&self) -> Option<RequestCounts> {
        #[cfg(feature = "s3")]
        return self
            .remote
            .as_ref()
            .map(|remote| super::remote::request_counts(remote, &self.listing));
        #[cfg(not(feature = "s3"))]
        None
    }
}

/// Why the threads cannot be started.
#[derive(Debug, thiserror::Error)]
#[error("cannot start {}: {error}", match .threads {
    None => "a thread for each processor".to_owned(),
    Some(threads) => format!("{threads} threads"),
})]
pub struct ThreadsError {
    threads: Option<usize>,
    error: rayon::ThreadPoolBuildError,
}

/// So many threads; without a number, one for each processor.
///
/// # Errors
///
/// When they cannot be started.
pub fn threads(number: Option<usize>) -> Result<rayon::ThreadPool, ThreadsError> {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(number.unwrap_or(0))
        .build();
    pool.map_err(|error| ThreadsError {
        threads: number,
        error,
    })
}

impl ArchiveArguments {
    /// Which records count, with this clock. What is not given is as the scans of the ledger were
    /// given it, where it is reported on alone.
    pub fn selection(&self, clock: Clock, recorded: Option<&Scope>) -> Selection {
        let set = |values: &[String], recorded: Option<&BTreeSet<String>>| match recorded {
            Some(recorded) if values.is_empty() => recorded.clone(),
            _ => values.iter().cloned().collect(),
        };
        Selection {
            range: TimeRange {
                start: self.from.or(recorded.and_then(|scope| scope.from)),
                end: self.to.or(recorded.and_then(|scope| scope.to)),
            },
            accounts: set(&self.account, recorded.map(|scope| &scope.accounts)),
            regions: set(&self.region, recorded.map(|scope| &scope.regions)),
            duplicates: if self.keep_duplicates {
                Duplicates::Keep
            } else {
                Duplicates::Drop
            },
            clock,
        }
    }

    /// The threads that work.
    ///
    /// # Errors
    ///
    /// When they cannot be started.
    pub fn threads(&self) -> Result<rayon::ThreadPool, ThreadsError> {
        threads(self.threads)
    }

    /// What must be known of each file before it is read: a ledger tells by its size and time
    /// whether it knows it, and a bar shows how much of all is done.
    pub fn detail(&self) -> Detail {
        match self.ledger.path().is_some() || Progress::is_shown(self.quiet) {
            true => Detail::Size,
            false => Detail::Name,
        }
    }

    /// Finds out which objects there are. `left_out` is a folder that is not entered: the one the
    /// report goes to.
    ///
    /// # Errors
    ///
    /// When a path or an address cannot be listed, or the ledger cannot be used for what is asked.
    pub fn list(
        &self,
        plan: &Plan,
        left_out: Option<&Path>,
        usage: Use,
        detail: Detail,
    ) -> Result<Listed, Box<dyn Error>> {
        self.ledger.check_apart(left_out)?;
        let pool = self.threads()?;
        let asked = AskedOfLedger {
            plan,
            limits: &self.limits.limits(),
            paths: &self.paths,
            usage,
        };
        let ledger = self.ledger.open(&asked, &pool)?;
        let left_out: Vec<&Path> = left_out.into_iter().chain(self.ledger.path()).collect();
        #[cfg(feature = "s3")]
        let mut listed = {
            let (paths, addresses) = super::remote::split(&self.paths)?;
            let mut listing = pool.install(|| list(&paths, &left_out, detail))?;
            let remote = self.remote.list(&addresses, plan, &mut listing)?;
            Listed {
                listing,
                known: Vec::new(),
                ledger,
                remote,
            }
        };
        #[cfg(not(feature = "s3"))]
        let mut listed = Listed {
            listing: pool.install(|| list(&self.paths, &left_out, detail))?,
            known: Vec::new(),
            ledger,
        };
        listed.leave_out_known(&pool);
        Ok(listed)
    }

    /// Reads every object that no ledger knows, with a bar that shows how far it is, and tallies
    /// them with those that it knows.
    ///
    /// # Errors
    ///
    /// When the threads cannot be started, or the ledger cannot be read or written.
    pub fn scan(&self, plan: &Plan, mut listed: Listed) -> Result<Tally, Box<dyn Error>> {
        let pool = self.threads()?;
        let problems = std::mem::take(&mut listed.listing.problems);
        let mut tally = match listed.ledger.take() {
            None => {
                let sink = Tallies::of_threads(pool.current_num_threads());
                self.read(plan, &listed, &sink, &pool);
                drop(listed);
                sink.merged()
            }
            Some(ledger) if self.paths.is_empty() => pool.install(|| ledger.everything(plan))?,
            // A ledger is neither begun nor cleared for nothing.
            Some(_) if listed.known.is_empty() && listed.listing.objects.is_empty() => {
                Tally::default()
            }
            Some(mut ledger) => {
                let run = Run {
                    sources: self.sources(),
                    read_at: to_microsecond(Timestamp::now()),
                };
                let writer = ledger.writer(plan, run)?;
                self.read(plan, &listed, &writer, &pool);
                writer.finish()?;
                self.tell_known(&listed);
                let objects = listed.known.iter().chain(&listed.listing.objects);
                pool.install(|| ledger.listed(plan, objects))?
            }
        };
        tally.problems.extend(problems);
        Ok(tally)
    }

    fn read(&self, plan: &Plan, listed: &Listed, sink: &dyn TallySink, pool: &rayon::ThreadPool) {
        let objects = &listed.listing.objects;
        let bytes = objects
            .iter()
            .filter_map(|object| object.stored_bytes)
            .sum();
        let progress = Progress::new(objects.len(), bytes, self.quiet);
        let (limits, done) = (self.limits.limits(), |bytes| progress.done(bytes));
        let scanner = Scanner {
            plan,
            limits: &limits,
            sink,
            done: &done,
        };
        let went_on = pool.install(|| scanner.scan(objects)).is_continue();
        #[cfg(feature = "s3")]
        if let Some(remote) = listed.remote.as_ref().filter(|_| went_on) {
            // Where a ledger breaks off, it tells why when it is finished.
            let _ = pool.install(|| remote.scan(&scanner, objects));
            super::remote::tell_repeated(remote);
        }
        #[cfg(not(feature = "s3"))]
        let _ = went_on;
        progress.finish();
    }

    fn tell_known(&self, listed: &Listed) {
        let (known, unread) = (listed.known.len(), listed.listing.objects.len());
        if known > 0 && !self.quiet {
            output::note(&format!(
                "{known} of {} objects are in the ledger and were not read again",
                known + unread
            ));
        }
    }

    /// The ledger that is reported on alone, where no path is given.
    ///
    /// # Errors
    ///
    /// When it cannot be opened.
    pub fn recorded(&self) -> Result<Option<Ledger>, LedgerError> {
        self.ledger
            .path()
            .filter(|_| self.paths.is_empty())
            .map(Ledger::open)
            .transpose()
    }

    /// The paths as they were given.
    fn sources(&self) -> Vec<String> {
        self.paths
            .iter()
            .map(|path| path.to_string_lossy().into_owned())
            .collect()
    }
}

impl RuleArguments {
    /// The rules that were asked for: the built-in ones each once, in the order of their table,
    /// then those of job files and that of the pattern.
    ///
    /// # Errors
    ///
    /// When a job file cannot be read or is wrong, or no rule is named and the ledger that is
    /// reported on alone was scanned for others than those that are built in.
    pub fn rules(&self, recorded: Option<&Scope>) -> Result<Vec<Rule>, Box<dyn Error>> {
        if let Some(scope) = recorded.filter(|_| self.names_nothing()) {
            return rules_of_scope(scope);
        }
        let mut rules: Vec<Rule> = self.built_in_rules().map(BuiltInRule::rule).collect();
        let mut definitions = Definitions::default();
        for file in &self.job {
            definitions.extend(read_definitions(file)?);
        }
        let defined = job::rules(&definitions);
        output::warn(&definitions.warnings);
        output::warn(&defined.warnings);
        if !self.job.is_empty() && defined.rules.is_empty() {
            return Err("the job has no metric filter, so there is nothing to look for".into());
        }
        rules.extend(defined.rules);
        rules.extend(
            self.pattern
                .as_deref()
                .map(|pattern| self.custom_rule(pattern)),
        );
        Ok(rules)
    }

    fn custom_rule(&self, pattern: &str) -> Rule {
        let mut rule = Rule::custom(pattern);
        rule.filter.metric_value = self.metric_value.clone();
        rule.filter.default_value = self.default_value;
        rule.filter.dimensions = self.dimension.clone();
        rule.filter.unit = self.unit;
        rule
    }

    fn names_nothing(&self) -> bool {
        self.rule.is_empty() && self.pattern.is_none() && self.job.is_empty()
    }

    fn built_in_rules(&self) -> impl Iterator<Item = &'static BuiltInRule> {
        let is_default = self.names_nothing();
        RULES.iter().filter(move |rule| {
            let is_named = self
                .rule
                .iter()
                .flat_map(|named| &named.rules)
                .any(|named| named.name == rule.name);
            is_named || is_default && rule.name == DEFAULT_RULE
        })
    }

    /// Says what to know about the pattern before its numbers are believed.
    pub fn warn(&self) {
        let Some(text) = self.pattern.as_deref() else {
            return;
        };
        for warning in parse(text)
            .iter()
            .flat_map(|pattern| warnings(pattern, text))
        {
            output::warn(&[format!("{warning}\n")]);
        }
    }
}

/// The rules that a ledger was scanned for.
fn rules_of_scope(scope: &Scope) -> Result<Vec<Rule>, Box<dyn Error>> {
    let is_wanted = |rule: &&BuiltInRule| scope.rules.iter().any(|wanted| wanted.rule == rule.name);
    let rules: Vec<Rule> = RULES
        .iter()
        .filter(is_wanted)
        .map(BuiltInRule::rule)
        .collect();
    let is_other = |wanted: &&ScopeRule| !rules.iter().any(|rule| rule.name == wanted.rule);
    match scope.rules.iter().find(is_other) {
        None => Ok(rules),
        Some(other) => Err(format!(
            "the ledger was scanned for `{}`, which is not built in, with the pattern {}: give it again, with --pattern or \
             --job",
            other.rule, other.pattern
        )
        .into()),
    }
}

/// The one rule of a list.
///
/// # Errors
///
/// When there are more.
pub fn only_rule(rules: Vec<Rule>) -> Result<Rule, Box<dyn Error>> {
    let names: Vec<&str> = rules.iter().map(|rule| rule.name.as_str()).collect();
    let detail = format!("one rule at a time: choose among {}", names.join(", "));
    match <[Rule; 1]>::try_from(rules) {
        Ok([rule]) => Ok(rule),
        Err(_) => Err(detail.into()),
    }
}

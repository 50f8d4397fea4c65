//! Configuration files: the options that they give to commands, and what is said about them.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::program::Run;

/// A home of a user, and a folder with a ledger.
struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("home/backtrail")).unwrap();
        std::fs::create_dir_all(folder.path().join("audits")).unwrap();
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes the configuration of the user.
    fn of_user(self, text: &str) -> Self {
        self.with("home/backtrail/backtrail.toml", text)
    }

    fn with(self, name: &str, text: &str) -> Self {
        std::fs::write(self.path(name), self.filled(text)).unwrap();
        self
    }

    /// Returns a text with the folder instead of `{}`, and the sample archive instead of `ARCHIVE`.
    fn filled(&self, text: &str) -> String {
        let archive = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/archive");
        text.replace("{}", &self.folder.path().to_string_lossy())
            .replace("ARCHIVE", &archive.to_string_lossy())
    }

    fn run(&self, line: &str) -> Run {
        self.run_in(&[], line)
    }

    fn run_in(&self, variables: &[(&str, &str)], line: &str) -> Run {
        let line = self.filled(line);
        let mut command = Command::new(env!("CARGO_BIN_EXE_backtrail"));
        command
            .args(line.split_whitespace())
            .current_dir(self.folder.path())
            .env_remove("BACKTRAIL_CONFIG")
            .env_remove("CLICOLOR_FORCE")
            .env("XDG_CONFIG_HOME", self.path("home"))
            .env("HOME", self.path("home"));
        for (name, value) in variables {
            command.env(name, self.filled(value));
        }
        let output = command.output().unwrap();
        Run {
            code: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    fn succeed(&self, line: &str) -> Run {
        let run = self.run(line);
        assert_eq!(run.code, 0, "{line}: {}{}", run.stdout, run.stderr);
        run
    }

    /// Returns the error of a command whose use is wrong.
    fn fail(&self, line: &str) -> String {
        let run = self.run(line);
        assert_eq!(run.code, 2, "{line}: {}{}", run.stdout, run.stderr);
        run.stderr
            .replace(&*self.folder.path().to_string_lossy(), "")
    }

    /// Returns the options of a command with their values, and the file and line or the kind of
    /// their origin.
    fn shown(&self, command: &str) -> Vec<(String, String, String)> {
        let shown = self
            .succeed(&format!("config show --json {command}"))
            .json();
        let options = shown["options"].as_array().unwrap().clone();
        options.iter().map(|option| self.row(option)).collect()
    }

    fn row(&self, option: &Value) -> (String, String, String) {
        let values: Vec<&str> = option["values"]
            .as_array()
            .unwrap()
            .iter()
            .map(text)
            .collect();
        let from = &option["from"];
        let origin = match text(&from["kind"]) {
            "file" => format!("{}:{}", text(&from["file"]), from["line"]),
            kind => kind.to_owned(),
        };
        let folder = format!("{}/", self.folder.path().to_string_lossy());
        let option = text(&option["option"]).to_owned();
        let shorter = |text: String| text.replace(&folder, "");
        (option, shorter(values.join(" ")), shorter(origin))
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

fn set(rows: &[(String, String, String)]) -> Vec<String> {
    let rows = rows.iter().filter(|(_, _, origin)| origin != "default");
    rows.map(|(option, value, origin)| format!("{option}={value} {origin}"))
        .collect()
}

#[test]
fn a_command_without_options_is_that_of_the_file() {
    let user =
        "source = 'ARCHIVE'\nthreads = 2\n\n[audit]\nrule = ['secrets', 'kms']\njson = true\n";
    let place = Place::new().of_user(user);
    let plain = place.succeed("--no-config audit ARCHIVE --rule secrets,kms --json");
    let configured = place.succeed("audit");
    assert_eq!(configured.stdout, plain.stdout);
    assert!(plain.stdout.contains("\"attempts\""));
}

#[test]
fn the_command_line_counts_before_the_ledger_and_the_user() {
    let place = Place::new()
        .of_user(
            "rule = 'deletion'\nthreads = 1\nlate = '3d'\nquiet = true\n[audit]\nthreads = 2\n",
        )
        .with(
            "audits/backtrail.toml",
            "source = 'archive'\nlate = '2d'\nquiet = false\n",
        );
    let rows = place.shown("audit --ledger audits/nightly --rule kms");
    assert_eq!(
        set(&rows),
        [
            "late=2d audits/backtrail.toml:2",
            "ledger=audits/nightly command_line",
            "rule=kms command_line",
            "source=audits/archive audits/backtrail.toml:1",
            "threads=2 home/backtrail/backtrail.toml:6",
        ]
    );
    let default = |(option, _, origin): &(String, String, String)| {
        option == "max-objects" && origin == "default"
    };
    assert!(rows.iter().any(default), "{rows:?}");
    // Without that ledger, its file does not count.
    let rows = place.shown("audit x");
    assert_eq!(
        set(&rows),
        [
            "late=3d home/backtrail/backtrail.toml:3",
            "quiet= home/backtrail/backtrail.toml:4",
            "rule=deletion home/backtrail/backtrail.toml:1",
            "source=x command_line",
            "threads=2 home/backtrail/backtrail.toml:6",
        ]
    );
}

#[test]
fn the_file_of_the_user_may_name_the_ledger() {
    let place = Place::new()
        .of_user("ledger = '../../audits/nightly'")
        .with("audits/backtrail.toml", "source = 'ARCHIVE'\n");
    let run = place.succeed("audit --json");
    assert!(run.json()["attempts"].as_u64() > Some(0), "{}", run.stdout);
    assert!(place.path("audits/nightly/plan.json").exists());
}

#[test]
fn what_to_look_for_is_replaced_as_a_whole() {
    let place = Place::new().of_user("rule = 'deletion'\n").with(
        "audits/backtrail.toml",
        "pattern = '$.x'\nsource = 'a'\nmetric-value = 2\n",
    );
    let options = |line: &str| set(&place.shown(line)).join("; ");
    // The nearer file says what to look for, and so does the command line.
    let own = options("audit --ledger audits/l");
    assert!(own.contains("pattern=$.x audits"), "{own}");
    assert!(!own.contains("rule="), "{own}");
    let own = options("audit --ledger audits/l --rule kms");
    assert!(own.contains("rule=kms command_line"), "{own}");
    assert!(!own.contains("pattern="), "{own}");
    assert!(!own.contains("metric-value=2"), "{own}");
}

#[test]
fn a_setting_that_needs_another_waits_for_it() {
    let place = Place::new().of_user("format = 'csv'\nfail-on = 'alarm'\n");
    let without = place.shown("audit x");
    assert!(!set(&without).join(" ").contains("format="));
    let with = place.shown("audit x --out report");
    assert!(set(&with).join(" ").contains("format=csv"));
    let words = place.succeed("config show audit x").words();
    let reason = "the following required arguments were not provided: --out <DIR>";
    assert!(words.contains(reason), "{words}");
    // Neither does one that another excludes.
    let place = Place::new().of_user("[audit]\njson = true\n");
    let words = place.succeed("config show audit x --dry-run").words();
    assert!(words.contains("cannot be used with"), "{words}");
}

#[test]
fn a_report_names_the_whole_command() {
    let place = Place::new().of_user("[audit]\nsource = 'ARCHIVE'\nrule = 'kms'\nquiet = true\n");
    place.succeed("audit --out report");
    let run = std::fs::read_to_string(place.path("report/run.json")).unwrap();
    let run: Value = serde_json::from_str(&run).unwrap();
    let command = text(&run["command"]);
    assert!(
        command.starts_with("backtrail --no-config audit "),
        "{command}"
    );
    assert!(command.contains("--rule=kms"), "{command}");
    assert!(command.ends_with("/samples/archive"), "{command}");
}

#[test]
fn a_file_is_named_or_left_out() {
    let place = Place::new()
        .of_user("source = 'wrong'")
        .with("audits/other.toml", "source = 'ARCHIVE'\n");
    let code = |variables: &[(&str, &str)], line: &str| place.run_in(variables, line).code;
    assert_eq!(code(&[], "audit --quiet"), 2);
    assert_eq!(code(&[], "audit --quiet --config audits/other.toml"), 0);
    assert_eq!(code(&[], "--config audits/other.toml audit --quiet"), 0);
    let other = [("BACKTRAIL_CONFIG", "audits/other.toml")];
    assert_eq!(code(&other, "audit --quiet"), 0);
    let none = [("BACKTRAIL_CONFIG", "")];
    let run = place.run_in(&none, "audit");
    assert!(run.stderr.contains("required arguments were not provided"));
    let error = place.fail("audit --config nothing.toml");
    assert!(
        error.contains("cannot read the configuration file `nothing.toml`"),
        "{error}"
    );
    let places = place
        .succeed("config show --config audits/other.toml")
        .words();
    assert!(places.contains("audits/other.toml:1"), "{places}");
    assert!(!places.contains("wrong"), "{places}");
}

#[test]
fn what_is_wrong_in_a_file_has_its_line_and_stops_every_command() {
    let cases = [
        (
            "\n[audti]\nrule = 'x'",
            ":3: there is no command `audti`; did you mean `audit`?",
        ),
        (
            "rulle = 'x'",
            ":1: no command has an option `rulle`; did you mean `rule`?",
        ),
        (
            "[verify]\nrule = 'x'",
            ":2: `backtrail verify` does not have an option `rule`",
        ),
        ("config = 'x'", ":1: no command has an option `config`"),
        (
            "threads = 'many'",
            ":1: invalid value 'many' for '--threads <NUMBER>'",
        ),
        ("threads = true", ":1: `threads`: it takes a value"),
        (
            "quiet = 1",
            ":1: `quiet`: it takes no value: write true or false",
        ),
        ("= 1", ":1: not TOML: "),
        (
            "\"\\u001b]0;x\" = 1",
            ":1: no command has an option `\\u{1b}]0;x`",
        ),
    ];
    for (text, message) in cases {
        let place = Place::new().of_user(text);
        let error = place.fail("audit ARCHIVE");
        let expected = format!("error: /home/backtrail/backtrail.toml{message}");
        assert!(error.starts_with(&expected), "{text}: {error}");
    }
    let large = format!("#{}", " ".repeat(1 << 20));
    let error = Place::new().of_user(&large).fail("audit ARCHIVE");
    assert!(error.contains("larger than 1048576 bytes"), "{error}");
}

#[test]
fn a_command_within_another_has_its_settings() {
    let place = Place::new().of_user("[alarm]\nsamples = '/nothing.csv'\n[ledger]\nout = 'm'\n");
    let rows = set(&place.shown("alarm replay --definition x.json"));
    assert_eq!(
        rows,
        [
            "definition=x.json command_line",
            "samples=/nothing.csv home/backtrail/backtrail.toml:2",
        ]
    );
    let rows = set(&place.shown("ledger merge a b")).join("; ");
    assert!(rows.contains("out=home/backtrail/m home/"), "{rows}");
}

#[test]
fn a_value_has_the_form_that_its_option_takes() {
    let cases = [
        ("threads = [1, 2]", "`threads`: it takes one value"),
        ("pattern = ['$.a', '$.b']", "`pattern`: it takes one value"),
        ("fail-on = false", "`fail-on`: it takes a value"),
        ("source = true", "`source`: it takes a value"),
        (
            "quiet = []",
            "`quiet`: it takes no value: write true or false",
        ),
        ("rule = []", "`rule`: the list is empty"),
    ];
    for (text, message) in cases {
        let error = Place::new().of_user(text).fail("audit ARCHIVE");
        let expected = format!("error: /home/backtrail/backtrail.toml:1: {message}\n");
        assert_eq!(error, expected, "{text}");
    }
    let twice = "ledger = 'a'\n[ledger]\nout = 'b'\n";
    let error = Place::new().of_user(twice).fail("audit ARCHIVE");
    assert!(
        error.contains("goes into the tables of the commands"),
        "{error}"
    );
}

#[test]
fn what_means_nothing_without_another_option_is_left_out() {
    let place = Place::new().of_user("keys = 'k.json'\njob = 'x.json'\nlog-group = 'g'\n");
    let rows = set(&place.shown("audit ARCHIVE --rule kms")).join("; ");
    assert!(
        !rows.contains("keys=") && !rows.contains("log-group="),
        "{rows}"
    );
    let rows = set(&place.shown("audit ARCHIVE --verify")).join("; ");
    assert!(
        rows.contains("keys=") && rows.contains("log-group=g"),
        "{rows}"
    );
}

#[test]
fn the_table_of_the_command_counts_before_what_it_excludes() {
    let place = Place::new().of_user("json = true\n[audit]\ndry-run = true\n");
    let rows = set(&place.shown("audit ARCHIVE")).join("; ");
    assert!(
        rows.contains("dry-run= ") && !rows.contains("json="),
        "{rows}"
    );
}

#[test]
fn the_ledger_of_the_command_is_the_one_whose_file_is_read() {
    let place = Place::new()
        .of_user("ledger = '/nowhere/l'\n[audit]\nledger = '../../audits/l'\n")
        .with("audits/backtrail.toml", "threads = 1\n");
    let rows = set(&place.shown("audit ARCHIVE")).join("; ");
    assert!(
        rows.contains("audits/backtrail.toml:1") && rows.contains("threads=1"),
        "{rows}"
    );
}

#[test]
fn settings_for_all_commands_do_not_disturb_those_that_are_shown() {
    let user = "color = 'never'\njson = true\nverbose = true\n";
    let place = Place::new().of_user(user);
    let rows = set(&place.shown("audit x")).join("; ");
    assert!(
        rows.contains("json= home/backtrail/backtrail.toml:2"),
        "{rows}"
    );
    assert!(
        rows.contains("color=never home/backtrail/backtrail.toml:1"),
        "{rows}"
    );
    let words = place.succeed("config show pattern check x").words();
    assert!(words.contains("color never /"), "{words}");
    let wrong = Place::new().of_user("nonsense = 1");
    wrong.succeed("config show --no-config audit x");
    wrong.fail("config show");
}

#[test]
fn paths_begin_in_the_folder_of_the_file() {
    let place = Place::new().of_user("[backtest]\nout = 'b.csv'\nsource = 'a*'\n");
    let rows = set(&place.shown("backtest --threshold 1")).join("; ");
    assert!(rows.contains("out=home/backtrail/b.csv"), "{rows}");
    assert!(rows.contains("source=home/backtrail/a*"), "{rows}");
}

#[test]
fn whoever_hands_on_a_ledger_does_not_choose_where_requests_and_reports_go() {
    for (option, value) in [
        ("out", "'x'"),
        ("endpoint-url", "'x'"),
        ("profile", "'x'"),
        ("ledger", "'x'"),
        ("aws-region", "'x'"),
        ("request-payer", "true"),
        ("rescan", "true"),
    ] {
        let place = Place::new().with("audits/backtrail.toml", &format!("{option} = {value}\n"));
        let error = place.fail("audit ARCHIVE --ledger audits/l");
        let expected = format!(
            "error: audits/backtrail.toml:1: a file beside a ledger cannot set `{option}`; put it \
             into your own file, or name this one with --config\n"
        );
        assert_eq!(error, expected);
    }
}

#[cfg(unix)]
#[test]
fn a_file_beside_a_ledger_that_others_may_write_is_not_read() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new().with("audits/backtrail.toml", "threads = 1\n");
    let file = place.path("audits/backtrail.toml");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o666)).unwrap();
    let error = place.fail("audit ARCHIVE --ledger audits/l");
    assert!(
        error.contains("since somebody else may have written it"),
        "{error}"
    );
    // Its reading would never end.
    std::fs::remove_file(&file).unwrap();
    assert!(
        Command::new("mkfifo")
            .arg(&file)
            .status()
            .unwrap()
            .success()
    );
    let error = place.fail("audit ARCHIVE --ledger audits/l");
    assert!(
        error.contains("since somebody else may have written it"),
        "{error}"
    );
}

#[test]
fn wrong_words_and_help_are_answered_as_without_a_file() {
    let place = Place::new().of_user("source = 'a'\nthreads = 2\n");
    let run = place.run("audit --thread 3");
    assert_eq!(run.code, 2);
    assert!(
        run.stderr.contains("unexpected argument '--thread'"),
        "{}",
        run.stderr
    );
    assert_eq!(place.run("audit --help").code, 0);
    assert_eq!(place.run("config show audti").code, 2);
}

#[test]
fn no_secret_of_the_environment_is_shown() {
    let place = Place::new();
    let variables = [
        ("AWS_SECRET_ACCESS_KEY", "very-secret"),
        ("AWS_SESSION_TOKEN", "very-secret"),
        ("AWS_PROFILE", "audit\u{1b}[2J"),
    ];
    for line in ["config show", "config show --json", "config show audit x"] {
        let run = place.run_in(&variables, line);
        assert_eq!(run.code, 0, "{line}: {}", run.stderr);
        assert!(run.stdout.contains("AWS_SECRET_ACCESS_KEY"));
        assert!(!run.stdout.contains("very-secret"), "{line}");
        assert!(!run.stdout.contains('\u{1b}'), "{line}");
    }
}

#[test]
fn the_page_lists_every_variable() {
    let page = include_str!("../docs/configuration.md");
    for variable in backtrail::internals::configuration::environment::VARIABLES {
        let row = format!("| `{}` |", variable.name);
        assert!(page.contains(&row), "{row}");
    }
}

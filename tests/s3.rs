//! Archives in S3, against a real server in this process, with faults over real sockets.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::{Bytes, Frame, Incoming};
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use s3s::service::{S3Service, S3ServiceBuilder};
use serde_json::{Value, json};

use crate::program::files;

/// What every object is called as content; the server in front gives it to listings, which the one
/// behind does not.
const ETAG: &str = "\"v1\"";

/// What goes wrong with a GET.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    SlowDown,
    /// The connection is reset before the answer.
    Reset,
    /// The connection is reset inside of the body.
    Cut,
    /// The body stops.
    Stall,
    /// A byte of the body is another one.
    Flip,
    Denied,
    Archived,
    /// The object has another content than when it was listed.
    Replaced,
    /// The credentials have expired.
    Expired,
    /// The list of keys whose prefix contains the text is denied, every time.
    ListDenied,
    /// The credentials of the list of keys whose prefix contains the text have expired, every time.
    ListExpired,
    /// A request is denied, every time, if it does not say who pays and who must own the bucket.
    Strict,
}

impl Fault {
    fn is_of_list(self) -> bool {
        matches!(self, Self::ListDenied | Self::ListExpired)
    }
}

/// A fault of objects whose key contains a text, for their first GETs.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    pub part: &'static str,
    pub fault: Fault,
    pub times: u32,
}

/// A server of S3 over a folder, in which each bucket is a folder.
pub struct Server {
    folder: tempfile::TempDir,
    address: std::net::SocketAddr,
    gets: Arc<Mutex<BTreeMap<String, u32>>>,
    _runtime: tokio::runtime::Runtime,
}

type Body = UnsyncBoxBody<Bytes, std::io::Error>;

fn full(bytes: impl Into<Bytes>) -> Body {
    Full::new(bytes.into())
        .map_err(|never| match never {})
        .boxed_unsync()
}

fn answer(status: u16, code: &str) -> Response<Body> {
    let body = format!(
        "<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>as asked</Message></Error>"
    );
    Response::builder()
        .status(StatusCode::from_u16(status).unwrap())
        .body(full(body))
        .unwrap()
}

/// The first half of a body, and then an error or nothing at all.
fn half(bytes: &Bytes, ends: bool) -> Body {
    let first = bytes.slice(..bytes.len() / 2);
    let frames = async_frames(first, ends);
    StreamBody::new(frames).boxed_unsync()
}

fn async_frames(
    first: Bytes,
    ends: bool,
) -> impl futures_util::Stream<Item = std::io::Result<Frame<Bytes>>> + Send {
    futures_util::stream::unfold(Some(first), move |state| async move {
        match state {
            Some(bytes) => Some((Ok(Frame::data(bytes)), None)),
            None if ends => Some((Err(std::io::Error::other("reset")), None)),
            None => std::future::pending().await,
        }
    })
}

fn names_owner_and_payer(request: &Request<Incoming>) -> bool {
    let names = ["x-amz-expected-bucket-owner", "x-amz-request-payer"];
    names
        .iter()
        .all(|name| request.headers().contains_key(*name))
}

/// What stands in front of the server: faults, and what it lacks.
#[derive(Clone)]
struct Front {
    service: S3Service,
    rules: &'static [Rule],
    gets: Arc<Mutex<BTreeMap<String, u32>>>,
}

impl Front {
    async fn serve(self, request: Request<Incoming>) -> std::io::Result<Response<Body>> {
        let key = request.uri().path().to_owned();
        let is_list = request
            .uri()
            .query()
            .is_some_and(|query| query.contains("list-type"));
        let if_match = request
            .headers()
            .get("if-match")
            .map(|value| value.to_str().unwrap().to_owned());
        if self.is_strict(&key) && !names_owner_and_payer(&request) {
            return Ok(answer(403, "AccessDenied"));
        }
        let is_get = request.method() == Method::GET && !is_list;
        let is_head = request.method() == Method::HEAD;
        let fault = is_get.then(|| self.fault(&key)).flatten();
        match fault {
            Some(Fault::SlowDown) => return Ok(answer(503, "SlowDown")),
            Some(Fault::Denied) => return Ok(answer(403, "AccessDenied")),
            Some(Fault::Expired) => return Ok(answer(400, "ExpiredToken")),
            Some(Fault::Archived) => return Ok(answer(403, "InvalidObjectState")),
            Some(Fault::Reset) => return Err(std::io::Error::other("reset")),
            Some(Fault::Replaced) => return Ok(answer(412, "PreconditionFailed")),
            Some(Fault::Cut | Fault::Stall | Fault::Flip) | None => {}
            Some(Fault::ListDenied | Fault::ListExpired | Fault::Strict) => {}
        }
        if is_head && let Some(status) = self.status_of_head(&key) {
            // Without a body, and so without an error code.
            let answer = Response::builder().status(status);
            return Ok(answer.body(full("")).unwrap());
        }
        let query = request.uri().query().filter(|_| is_list);
        match query.and_then(|query| self.fault_of_list(query)) {
            Some(Fault::ListDenied) => return Ok(answer(403, "AccessDenied")),
            Some(Fault::ListExpired) => return Ok(answer(400, "ExpiredToken")),
            _ => {}
        }
        if is_get && key.starts_with("/trail/") && if_match.as_deref() != Some(ETAG) {
            return Ok(answer(400, "NoIfMatch"));
        }
        let answered = self
            .service
            .call(request.map(s3s::Body::from))
            .await
            .map_err(std::io::Error::other)?;
        let (mut parts, body) = answered.into_parts();
        let bytes = body
            .collect()
            .await
            .map_err(std::io::Error::other)?
            .to_bytes();
        if is_list {
            let text = String::from_utf8(bytes.to_vec()).unwrap();
            let text = text.replace(
                "<Contents>",
                &format!("<Contents><ETag>{}</ETag>", ETAG.replace('"', "&quot;")),
            );
            parts.headers.remove("content-length");
            return Ok(Response::from_parts(parts, full(text)));
        }
        if is_get || is_head {
            parts.headers.insert("etag", ETAG.parse().unwrap());
        }
        let body = match fault {
            Some(Fault::Cut) => half(&bytes, true),
            Some(Fault::Stall) => half(&bytes, false),
            Some(Fault::Flip) => {
                let mut bytes = bytes.to_vec();
                let middle = bytes.len() / 2;
                bytes[middle] ^= 0x55;
                full(bytes)
            }
            _ => full(bytes),
        };
        Ok(Response::from_parts(parts, body))
    }

    fn fault_of_list(&self, query: &str) -> Option<Fault> {
        let mut rules = self.rules.iter();
        let rule = rules.find(|rule| rule.fault.is_of_list() && query.contains(rule.part));
        rule.map(|rule| rule.fault)
    }

    fn is_strict(&self, key: &str) -> bool {
        let mut rules = self.rules.iter();
        rules.any(|rule| rule.fault == Fault::Strict && key.contains(rule.part))
    }

    fn status_of_head(&self, key: &str) -> Option<u16> {
        let rule = self.rules.iter().find(|rule| key.contains(rule.part))?;
        match rule.fault {
            Fault::Denied => Some(403),
            Fault::Expired => Some(400),
            _ => None,
        }
    }

    fn fault(&self, key: &str) -> Option<Fault> {
        let mut gets = self.gets.lock().unwrap();
        let count = gets.entry(key.to_owned()).or_default();
        *count += 1;
        let rule = self
            .rules
            .iter()
            .filter(|rule| !rule.fault.is_of_list() && rule.fault != Fault::Strict)
            .find(|rule| key.contains(rule.part) && *count <= rule.times);
        rule.map(|rule| rule.fault)
    }
}

impl Server {
    pub fn start(rules: &'static [Rule]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("trail")).unwrap();
        let file_system = s3s_fs::FileSystem::new(folder.path()).unwrap();
        let mut builder = S3ServiceBuilder::new(file_system);
        builder.set_auth(s3s::auth::SimpleAuth::from_single("key", "secret"));
        let gets = Arc::new(Mutex::new(BTreeMap::new()));
        let front = Front {
            service: builder.build(),
            rules,
            gets: Arc::clone(&gets),
        };
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let listener = runtime
            .block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))
            .unwrap();
        let address = listener.local_addr().unwrap();
        runtime.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                stream.set_nodelay(true).unwrap();
                // A connection that is dropped is reset.
                socket2::SockRef::from(&stream)
                    .set_linger(Some(Duration::ZERO))
                    .unwrap();
                let front = front.clone();
                let service = service_fn(move |request| front.clone().serve(request));
                tokio::spawn(
                    hyper::server::conn::http1::Builder::new()
                        .serve_connection(TokioIo::new(stream), service),
                );
            }
        });
        Self {
            folder,
            address,
            gets,
            _runtime: runtime,
        }
    }

    /// The endpoint.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The folder of the buckets.
    pub fn root(&self) -> &Path {
        self.folder.path()
    }

    fn bucket(&self) -> PathBuf {
        self.folder.path().join("trail")
    }

    /// A server whose bucket has the sample archive.
    pub fn with_sample(self) -> Self {
        let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/archive");
        for entry in walkdir::WalkDir::new(&sample)
            .into_iter()
            .map(Result::unwrap)
        {
            let path = self
                .bucket()
                .join(entry.path().strip_prefix(&sample).unwrap());
            match entry.file_type().is_dir() {
                true => std::fs::create_dir_all(path).unwrap(),
                false => drop(std::fs::copy(entry.path(), path).unwrap()),
            }
        }
        self
    }

    pub fn run(&self, arguments: &str) -> (i32, String, String) {
        let output = crate::program::command()
            .args(arguments.split_whitespace())
            .args([
                "--endpoint-url",
                &format!("http://{}", self.address),
                "--path-style",
            ])
            .env_clear()
            .envs([
                ("AWS_ACCESS_KEY_ID", "key"),
                ("AWS_SECRET_ACCESS_KEY", "secret"),
                ("AWS_REGION", "us-east-1"),
            ])
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .output()
            .unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (
            output.status.code().unwrap(),
            text(output.stdout),
            text(output.stderr),
        )
    }

    fn summary(&self, arguments: &str) -> (i32, Value) {
        let (code, stdout, stderr) = self.run(&format!("audit --json {arguments}"));
        (
            code,
            serde_json::from_str(&stdout)
                .unwrap_or_else(|error| panic!("{error}: {stdout}{stderr}")),
        )
    }

    pub fn gets(&self, part: &str) -> u32 {
        self.gets
            .lock()
            .unwrap()
            .iter()
            .filter(|(key, _)| key.contains(part))
            .map(|(_, count)| count)
            .sum()
    }
}

/// The tables of a report with the place of the archive taken out of them, but for the sources,
/// which have an ETag only in S3.
fn tables(folder: &Path, place: &str) -> BTreeMap<PathBuf, String> {
    let mut tables = BTreeMap::new();
    for (name, bytes) in files(folder) {
        let is_table = name.extension().is_some_and(|end| end == "csv");
        if is_table && name != Path::new("sources.csv") {
            let text = String::from_utf8(bytes).unwrap();
            tables.insert(name, text.replace(place, ""));
        }
    }
    let attempts = tables.get(Path::new("attempts.csv"));
    assert!(attempts.is_some_and(|table| table.lines().count() > 1));
    tables
}

#[test]
fn a_bucket_comes_to_the_same_tables_as_the_folder() {
    let server = Server::start(&[]).with_sample();
    let out = tempfile::tempdir().unwrap();
    let (remote, local) = (out.path().join("remote"), out.path().join("local"));
    let (code, _, stderr) = server.run(&format!(
        "audit s3://trail --rule all --quiet --out {}",
        remote.display()
    ));
    assert_eq!((code, stderr.as_str()), (0, ""));
    let run = crate::program::audit(
        &format!("--rule all --quiet --out {}", local.display()),
        &[&server.bucket()],
    );
    assert_eq!(run.code, 0);
    let place = server.bucket().display().to_string();
    assert_eq!(tables(&remote, "s3://trail"), tables(&local, &place));
    assert_eq!(server.gets("Insight"), 0, "what is left out is not read");
    assert_eq!(server.gets("Digest"), 2, "digests list what must be there");
}

#[test]
fn what_lies_beside_the_layout_is_read_as_on_disk() {
    let server = Server::start(&[]).with_sample();
    let log = |prefix: &str, number: u32| {
        let record = json!({
            "eventTime": "2026-03-04T09:10:00Z",
            "eventSource": "secretsmanager.amazonaws.com", "eventName": "GetSecretValue",
            "errorMessage": "it was marked for deletion.", "eventID": format!("beside-{number}"),
        });
        let name = format!("111122223333_CloudTrail_us-east-1_20260304T0915Z_{number:016}.json");
        let folder = server.bucket().join(prefix);
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(
            folder.join(name),
            json!({ "Records": [record] }).to_string(),
        )
        .unwrap();
    };
    let day = "AWSLogs/111122223333/CloudTrail/us-east-1/2026/03/04";
    log(&format!("prod/{day}"), 1);
    log(&format!("teams/own/{day}"), 2);
    log(&format!("AWSLogs/copy/{day}"), 3);
    log("flat", 4);
    log("", 5);
    std::fs::create_dir_all(server.bucket().join("reports")).unwrap();
    std::fs::write(server.bucket().join("reports/a.csv"), "a,b\n1,2\n").unwrap();
    let out = tempfile::tempdir().unwrap();
    let (remote, local) = (out.path().join("remote"), out.path().join("local"));
    let options = "--pattern deletion --quiet --out";
    let (remote_code, _, stderr) =
        server.run(&format!("audit s3://trail {options} {}", remote.display()));
    let run = crate::program::audit(
        &format!("{options} {}", local.display()),
        &[&server.bucket()],
    );
    assert_eq!(remote_code, run.code, "{stderr}{}", run.stderr);
    let place = server.bucket().display().to_string();
    let found = tables(&remote, "s3://trail");
    assert_eq!(found, tables(&local, &place));
    let attempts = &found[Path::new("attempts.csv")];
    for number in 1..=5 {
        assert!(
            attempts.contains(&format!("beside-{number}")),
            "{number}: {attempts}"
        );
    }
}

#[test]
fn sources_in_a_bucket_have_an_etag_and_the_hash_of_their_bytes() {
    let server = Server::start(&[]).with_sample();
    let out = tempfile::tempdir().unwrap();
    let options = format!("--quiet --format json --out {}", out.path().display());
    let (code, _, stderr) = server.run(&format!("audit s3://trail {options}"));
    assert_eq!((code, stderr.as_str()), (0, ""));
    let json = |name: &str| -> Value {
        serde_json::from_slice(&std::fs::read(out.path().join(name)).unwrap()).unwrap()
    };
    let sources = json("sources.json");
    for source in sources.as_array().unwrap() {
        let key = source["object_key"].as_str().unwrap();
        let path = server
            .bucket()
            .join(key.strip_prefix("s3://trail/").unwrap());
        let hash = crate::evidence::sha256(&std::fs::read(path).unwrap());
        assert_eq!(source["sha256"], hash.as_str(), "{key}");
        assert!(source["etag"].is_string(), "{key}");
    }
    let evidence = json("evidence.json");
    assert_eq!(evidence["sources"], sources);
    assert_eq!(evidence["inputs"]["objects"], 53);
}

#[test]
fn only_what_is_asked_for_is_listed_and_read() {
    let server = Server::start(&[]).with_sample();
    let attempts = |options: &str| server.summary(options).1["attempts"].clone();
    assert_eq!(attempts("s3://trail/AWSLogs/"), 42);
    let whole = server.gets("");
    assert_eq!(attempts("s3://trail/ --account 444455556666"), 7);
    assert_eq!(
        server.gets("AWSLogs/111122223333"),
        whole - server.gets("AWSLogs/444455556666") / 2
    );
    assert_eq!(attempts("s3://trail/AWSLogs/444455556666"), 7);
    let local = |options: &str| {
        crate::program::audit(&format!("--json {options}"), &[&server.bucket()]).json()["attempts"]
            .clone()
    };
    for range in [
        "--from 2026-03-02 --to 2026-03-03",
        "--from 2026-03-03T09:00:00Z",
        "--to 2026-03-02T12:00:00Z",
    ] {
        assert_eq!(
            attempts(&format!("s3://trail {range} --late 2d")),
            local(range),
            "{range}"
        );
    }
    let (code, text, _) = server.run("audit s3://trail --dry-run");
    assert_eq!(code, 0);
    assert!(
        text.contains("50 objects") && text.contains("111122223333  us-east-1  2026-03"),
        "{text}"
    );
    assert!(text.contains("52 more to read the objects"), "{text}");
}

#[test]
fn what_fails_for_a_while_is_tried_again_and_what_fails_for_good_is_a_problem() {
    const RULES: &[Rule] = &[
        Rule {
            part: "_20260302T07",
            fault: Fault::Reset,
            times: 1,
        },
        Rule {
            part: "_20260302T02",
            fault: Fault::Cut,
            times: 1,
        },
        Rule {
            part: "_20260303T09",
            fault: Fault::Flip,
            times: 1,
        },
        Rule {
            part: "_20260303T1505",
            fault: Fault::Stall,
            times: 1,
        },
        Rule {
            part: "_202603",
            fault: Fault::SlowDown,
            times: 2,
        },
    ];
    let server = Server::start(RULES).with_sample();
    let (code, stdout, stderr) = server.run("audit s3://trail --json");
    let summary: Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(
        (code, &summary["attempts"]),
        (0, &json!(42)),
        "{}",
        summary["problems"]
    );
    assert!(
        stderr.contains(" requests to S3 failed and were repeated"),
        "{stderr}"
    );
    assert!(
        server.gets("") >= 150,
        "two more for each of 50 objects: {}",
        server.gets("")
    );

    const PERMANENT: &[Rule] = &[
        Rule {
            part: "_20260302T02",
            fault: Fault::Denied,
            times: 99,
        },
        Rule {
            part: "_20260303T09",
            fault: Fault::Archived,
            times: 99,
        },
        Rule {
            part: "_20260303T2",
            fault: Fault::Replaced,
            times: 99,
        },
    ];
    let server = Server::start(PERMANENT).with_sample();
    let (code, summary) = server.summary("s3://trail");
    assert_eq!(code, 3);
    let problems = summary["problems"].as_array().unwrap();
    for (part, kind) in [
        ("_20260302T02", "access-denied"),
        ("_20260303T09", "archived"),
        ("_20260303T2", "replaced"),
    ] {
        let own: Vec<&Value> = problems
            .iter()
            .filter(|problem| problem["object"].as_str().unwrap().contains(part))
            .collect();
        assert!(
            !own.is_empty() && own.iter().all(|problem| problem["kind"] == kind),
            "{part}: {own:?}"
        );
        assert_eq!(server.gets(part) as usize, own.len(), "no second try");
    }
}

#[test]
fn an_object_that_cannot_be_looked_up_has_the_reason_that_a_get_has() {
    const RULES: &[Rule] = &[
        Rule {
            part: "_20260302T02",
            fault: Fault::Denied,
            times: 99,
        },
        Rule {
            part: "_20260303T09",
            fault: Fault::Expired,
            times: 99,
        },
    ];
    let server = Server::start(RULES).with_sample();
    let mut list = String::new();
    for entry in walkdir::WalkDir::new(server.bucket())
        .into_iter()
        .map(Result::unwrap)
    {
        if entry.file_type().is_file() {
            let key = entry.path().strip_prefix(server.bucket()).unwrap();
            list += &format!("s3://trail/{}\n", key.display());
        }
    }
    let out = tempfile::tempdir().unwrap();
    let (list_file, plan) = (out.path().join("list"), out.path().join("plan"));
    std::fs::write(&list_file, list).unwrap();
    let line = format!(
        "plan --objects-from {} --rule all --out {}",
        list_file.display(),
        plan.display()
    );
    let (code, _, stderr) = server.run(&line);
    assert_eq!(code, 3, "{stderr}");
    let plan: Value =
        serde_json::from_slice(&std::fs::read(plan.join("plan.json")).unwrap()).unwrap();
    let problems = plan["listing"]["problems"].as_array().unwrap();
    for (part, kind, reason) in [
        ("_20260302T02", "access-denied", "AccessDenied: as asked"),
        ("_20260303T09", "unavailable", "ExpiredToken: as asked"),
    ] {
        let is_own = |problem: &&Value| problem["object"].as_str().unwrap().contains(part);
        let own: Vec<&Value> = problems.iter().filter(is_own).collect();
        assert!(!own.is_empty());
        for problem in own {
            let detail = problem["detail"].as_str().unwrap();
            assert!(
                problem["kind"] == kind && detail.contains(reason),
                "{problem}"
            );
        }
    }
}

#[test]
fn a_ledger_reads_again_only_what_the_bucket_did_not_give() {
    const RULES: &[Rule] = &[
        Rule {
            part: "_20260302T02",
            fault: Fault::Denied,
            times: 1,
        },
        Rule {
            part: "_20260303T09",
            fault: Fault::Replaced,
            times: 1,
        },
    ];
    let server = Server::start(RULES).with_sample();
    let out = tempfile::tempdir().unwrap();
    let ledger = out.path().join("ledger").display().to_string();
    let audit = |report: &str| {
        let report = out.path().join(report);
        let options = format!(
            "--rule all --ledger {ledger} --quiet --out {}",
            report.display()
        );
        let (code, _, stderr) = server.run(&format!("audit s3://trail {options}"));
        (code, stderr, tables(&report, "s3://trail"))
    };
    assert_eq!(audit("first").0, 3);
    let failed = server.gets("_20260302T02") + server.gets("_20260303T09");
    let first = server.gets("");
    let (code, stderr, second) = audit("second");
    assert_eq!((code, stderr.as_str()), (0, ""));
    assert_eq!(
        server.gets("") - first,
        failed,
        "what failed and nothing else"
    );
    audit("third");
    assert_eq!(server.gets("") - first, failed, "nothing is left to read");
    let local = out.path().join("local");
    let run = crate::program::audit(
        &format!("--rule all --quiet --out {}", local.display()),
        &[&server.bucket()],
    );
    assert_eq!(run.code, 0);
    assert_eq!(
        second,
        tables(&local, &server.bucket().display().to_string())
    );
}

#[test]
fn a_list_that_is_denied_stays_a_problem_of_every_report_of_the_ledger() {
    const RULES: &[Rule] = &[Rule {
        part: "111122223333%2FCloudTrail%2Feu-west-1",
        fault: Fault::ListDenied,
        times: 99,
    }];
    let server = Server::start(RULES).with_sample();
    let out = tempfile::tempdir().unwrap();
    let path = |name: &str| out.path().join(name).display().to_string();
    let (ledger, merged) = (path("ledger"), path("merged"));
    let (code, first) = server.summary(&format!("s3://trail --ledger {ledger} --quiet"));
    assert_eq!(code, 3);
    let denied = |summary: &Value| {
        let problems = summary["problems"].as_array().unwrap();
        let kinds = problems.iter().filter(|problem| {
            problem["kind"] == "access-denied"
                && problem["object"].as_str().unwrap().contains("/eu-west-1")
        });
        kinds.count()
    };
    assert_eq!(denied(&first), 1, "{}", first["problems"]);
    assert!(first["objects"]["read"].as_u64().unwrap() > 0);
    let merge = ["ledger", "merge", &ledger, &ledger, "--out", &merged];
    let merge = crate::program::backtrail(merge);
    assert_eq!(merge.code, 0, "{}", merge.stderr);
    for ledger in [&ledger, &merged] {
        let (code, again) = server.summary(&format!("--ledger {ledger} --quiet"));
        assert_eq!((code, denied(&again)), (3, 1), "{}", again["problems"]);
    }
}

#[test]
fn a_storm_of_throttling_loses_nothing_and_long_listings_are_read_to_the_end() {
    const STORM: &[Rule] = &[Rule {
        part: "_CloudTrail_",
        fault: Fault::SlowDown,
        times: 2,
    }];
    let server = Server::start(STORM);
    let day = server
        .bucket()
        .join("logs/AWSLogs/111122223333/CloudTrail/us-east-1/2026/03/04");
    std::fs::create_dir_all(&day).unwrap();
    for number in 0..1100 {
        let record = json!({
            "eventTime": "2026-03-04T09:10:00Z",
            "eventSource": "secretsmanager.amazonaws.com", "eventName": "GetSecretValue",
            "errorMessage": "it was marked for deletion.", "eventID": format!("{number}"),
        });
        let name = format!("111122223333_CloudTrail_us-east-1_20260304T0915Z_{number:016}.json");
        std::fs::write(day.join(name), json!({ "Records": [record] }).to_string()).unwrap();
    }
    let pattern = "--pattern deletion --quiet";
    let (code, summary) = server.summary(&format!("s3://trail/logs --concurrency 32 {pattern}"));
    assert_eq!(
        (code, &summary["attempts"]),
        (0, &json!(1100)),
        "{}",
        summary["problems"]
    );
    assert_eq!(server.gets(""), 3300);
}

#[test]
fn a_bucket_that_cannot_be_reached_is_wrong_use() {
    let server = Server::start(&[]);
    for (arguments, part) in [
        (
            "audit s3://nowhere",
            "cannot list `s3://nowhere/`: check the name of the bucket, --aws-region and \
             --endpoint-url; S3 says: NoSuchBucket",
        ),
        (
            "audit s3://trail/none",
            "there is no object to audit in `s3://trail/none`",
        ),
        ("audit s3:// --rule all", "it names no bucket"),
        ("audit s3:///prefix", "it names no bucket"),
        (
            "audit s3://trail --late soon",
            "`soon` is not a number of days",
        ),
    ] {
        let (code, _, stderr) = server.run(arguments);
        assert!(code == 2 && stderr.contains(part), "{arguments}: {stderr}");
    }
}

/// Runs a command without any credentials, and returns what it prints about its error.
pub fn without_credentials(line: &str, code: i32) -> String {
    let output = crate::program::command()
        .args(line.split_whitespace())
        .env_clear()
        .envs([("AWS_EC2_METADATA_DISABLED", "true"), ("HOME", "/nowhere")])
        .output()
        .unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(code), "{stderr}");
    stderr
}

#[test]
fn an_error_begins_with_what_to_do_and_says_more_when_asked() {
    let error = "error: cannot list `s3://trail/`: give --profile, set AWS_PROFILE or \
                 AWS_ACCESS_KEY_ID, or use --no-sign-request for a public bucket: there are no \
                 credentials\n";
    let short = without_credentials("audit s3://trail", 2);
    assert_eq!(short, format!("{error}note: --verbose shows the causes\n"));
    let long = without_credentials("audit s3://trail --verbose", 2);
    let causes = long.strip_prefix(error).unwrap();
    assert!(causes.starts_with("note: the credential provider was not enabled"));
    // The last of the providers.
    assert!(causes.contains("Ec2InstanceMetadata"), "{causes}");
    // Nothing listens on this port.
    let refused = without_credentials(
        "audit s3://trail --no-sign-request --endpoint-url http://127.0.0.1:9 --aws-region x",
        2,
    );
    let error = "error: cannot list `s3://trail/`: check the network, --aws-region and \
                 --endpoint-url: there is no connection to S3 (Connection refused";
    assert!(refused.starts_with(error), "{refused}");
}

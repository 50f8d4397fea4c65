//! The number of requests to S3 under way, and the listing of many keys, against a server that
//! counts what runs at the same time.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};

/// The most keys of a page.
const PAGE: usize = 1000;

/// The way in which a server answers.
#[derive(Clone)]
struct Behavior {
    /// The keys in the order of the listing.
    keys: Vec<String>,
    latency: Duration,
    /// The concurrent GETs beyond which it asks to slow down.
    bears: usize,
}

/// The requests that a server has answered.
#[derive(Default)]
struct Counts {
    gets: AtomicUsize,
    lists: AtomicUsize,
    /// The GETs under way when each of them began.
    under_way: Mutex<Vec<usize>>,
    refused: AtomicUsize,
    all_lists: AtomicUsize,
    most_lists: AtomicUsize,
}

struct Server {
    port: u16,
    counts: Arc<Counts>,
    _runtime: tokio::runtime::Runtime,
}

impl Server {
    fn start(behavior: Behavior) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0");
        let listener = runtime.block_on(listener).unwrap();
        let port = listener.local_addr().unwrap().port();
        let behavior = Arc::new(behavior);
        let counts = Arc::new(Counts::default());
        let shared = Arc::clone(&counts);
        runtime.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                stream.set_nodelay(true).unwrap();
                let (behavior, counts) = (Arc::clone(&behavior), Arc::clone(&shared));
                let service = service_fn(move |request| {
                    answer(Arc::clone(&behavior), Arc::clone(&counts), request)
                });
                let connection = hyper::server::conn::http1::Builder::new()
                    .serve_connection(TokioIo::new(stream), service);
                tokio::spawn(connection);
            }
        });
        Self {
            port,
            counts,
            _runtime: runtime,
        }
    }

    fn run(&self, options: &str) -> (i32, String) {
        let output = crate::program::command()
            .args(["audit", "s3://b", "--quiet", "--pattern", "get"])
            .args(options.split_whitespace())
            .args(["--endpoint-url", &format!("http://127.0.0.1:{}", self.port)])
            .args(["--path-style", "--no-sign-request"])
            .env_clear()
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .output()
            .unwrap();
        let stdout = String::from_utf8(output.stdout).unwrap();
        (output.status.code().unwrap(), stdout)
    }

    /// Checks that this many objects are listed.
    fn lists(&self, options: &str, objects: usize) {
        let (code, text) = self.run(&format!("--dry-run {options}"));
        let gets = format!("{objects} more to read the objects");
        let is_listed = text.replace(',', "").contains(&gets);
        assert!(code == 0 && is_listed, "{objects}: {text}");
    }

    /// Checks that an audit reads this many objects, and returns its summary.
    fn reads(&self, options: &str, objects: usize) -> String {
        let (code, stdout) = self.run(&format!("--json {options}"));
        let summary: Value = serde_json::from_str(&stdout).unwrap();
        let attempts = &summary["attempts"];
        assert_eq!((code, attempts), (0, &json!(objects)), "{summary}");
        stdout
    }

    fn under_way(&self) -> Vec<usize> {
        self.counts.under_way.lock().unwrap().clone()
    }
}

async fn answer(
    behavior: Arc<Behavior>,
    counts: Arc<Counts>,
    request: Request<Incoming>,
) -> std::io::Result<Response<Full<Bytes>>> {
    let query = parameters(request.uri().query().unwrap_or_default());
    if query.contains_key("list-type") {
        let running = counts.lists.fetch_add(1, Ordering::SeqCst) + 1;
        counts.all_lists.fetch_add(1, Ordering::SeqCst);
        counts.most_lists.fetch_max(running, Ordering::SeqCst);
        tokio::time::sleep(behavior.latency).await;
        counts.lists.fetch_sub(1, Ordering::SeqCst);
        return Ok(Response::new(Full::from(page(&behavior.keys, &query))));
    }
    let key = request.uri().path().trim_start_matches("/b/").to_owned();
    let running = counts.gets.fetch_add(1, Ordering::SeqCst) + 1;
    counts.under_way.lock().unwrap().push(running);
    let is_refused = running > behavior.bears;
    tokio::time::sleep(behavior.latency).await;
    counts.gets.fetch_sub(1, Ordering::SeqCst);
    if is_refused {
        counts.refused.fetch_add(1, Ordering::SeqCst);
        let body = "<Error><Code>SlowDown</Code><Message>x</Message></Error>";
        let response = Response::builder().status(503);
        return Ok(response.body(Full::from(body)).unwrap());
    }
    let response = Response::builder().header("ETag", "\"1\"");
    Ok(response.body(Full::from(object(&key))).unwrap())
}

fn parameters(query: &str) -> HashMap<String, String> {
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let unquoted = |text: &str| text.replace("%2F", "/").replace("%21", "!");
    pairs
        .map(|(name, value)| (name.to_owned(), unquoted(value)))
        .collect()
}

fn object(key: &str) -> String {
    let record = json!({
        "eventTime": "2026-03-02T09:10:00Z", "eventSource": "s.amazonaws.com",
        "eventName": "get", "eventID": key,
    });
    json!({ "Records": [record] }).to_string()
}

/// A page of a listing, in the order of the keys of the server.
fn page(keys: &[String], query: &HashMap<String, String>) -> String {
    let value = |name: &str| query.get(name).map_or("", String::as_str);
    let (prefix, delimiter) = (value("prefix"), value("delimiter"));
    let token = value("continuation-token").split_once('!');
    let (skipped, after) = token.unwrap_or(("0", value("start-after")));
    let skipped: usize = skipped.parse().unwrap();
    let mut names: Vec<(bool, &str)> = Vec::new();
    for key in keys.iter().filter(|key| key.starts_with(prefix)) {
        let end = match delimiter {
            "" => None,
            _ => key[prefix.len()..]
                .find(delimiter)
                .map(|end| prefix.len() + end + 1),
        };
        let name = (end.is_some(), end.map_or(key.as_str(), |end| &key[..end]));
        if name.1 > after && names.last() != Some(&name) {
            names.push(name);
        }
    }
    let mut text = "<ListBucketResult>".to_owned();
    for (is_folder, name) in names.iter().skip(skipped).take(PAGE) {
        text += &match is_folder {
            true => format!("<CommonPrefixes><Prefix>{name}</Prefix></CommonPrefixes>"),
            false => format!(
                "<Contents><Key>{name}</Key><ETag>&quot;1&quot;</ETag><Size>{}</Size></Contents>",
                object(name).len()
            ),
        };
    }
    if skipped + PAGE < names.len() {
        // Like that of S3, the token includes everything that the first request said.
        let token = format!("{}!{after}", skipped + PAGE);
        text += &format!(
            "<IsTruncated>true</IsTruncated><NextContinuationToken>{token}</NextContinuationToken>"
        );
    }
    text + "</ListBucketResult>"
}

/// Keys of days of a month, in order.
fn keys(days: std::ops::RangeInclusive<u8>, each: usize) -> Vec<String> {
    let mut keys = Vec::new();
    for day in days {
        for number in 0..each {
            keys.push(format!(
                "AWSLogs/111122223333/CloudTrail/us-east-1/2026/03/{day:02}/\
                 111122223333_CloudTrail_us-east-1_202603{day:02}T0915Z_{number:016}.json"
            ));
        }
    }
    keys
}

#[test]
fn more_requests_run_where_the_bucket_is_far_away() {
    let behavior = Behavior {
        keys: keys(1..=1, 1_000),
        latency: Duration::from_millis(250),
        bears: usize::MAX,
    };
    let server = Server::start(behavior.clone());
    let summary = server.reads("", 1_000);
    let under_way = server.under_way();
    let first = under_way.iter().take(64).max().unwrap();
    assert!(*first <= 64, "it begins moderately: {first}");
    let most = *under_way.iter().max().unwrap();
    assert!((100..=512).contains(&most), "and grows: {most}");
    let bounded = Server::start(behavior);
    let same = bounded.reads("--concurrency 80", 1_000);
    assert_eq!(summary, same);
    let most = *bounded.under_way().iter().max().unwrap();
    assert!(most <= 80, "{most}");
}

#[test]
fn fewer_requests_run_where_the_bucket_asks_to_slow_down() {
    let server = Server::start(Behavior {
        keys: keys(1..=1, 1_200),
        latency: Duration::from_millis(40),
        bears: 20,
    });
    server.reads("", 1_200);
    let under_way = server.under_way();
    let later = &under_way[under_way.len() / 2..];
    let most = *later.iter().max().unwrap();
    // Half of the first 64 at most, also where other processes make the answers late.
    assert!(most <= 32, "{most}");
    // The first 64 are refused for the most part, and few later ones.
    let refused = server.counts.refused.load(Ordering::SeqCst);
    assert!(refused < 600, "{refused} of {}", under_way.len());
}

#[test]
fn the_parts_of_a_month_are_listed_at_the_same_time() {
    let mut all = keys(1..=31, 300);
    let server = Server::start(Behavior {
        keys: all.clone(),
        latency: Duration::from_millis(100),
        bears: usize::MAX,
    });
    server.lists("", all.len());
    let most = server.counts.most_lists.load(Ordering::SeqCst);
    assert!(most >= 3, "{most}");
    let lists = server.counts.all_lists.load(Ordering::SeqCst);
    assert!(lists <= 6 + 10 + 6, "{lists} requests");
    // A day before the range, and twenty days after it.
    server.lists("--from 2026-03-02 --to 2026-03-03 --late 20d", 23 * 300);
    // A server whose first page is in order, and the others are not.
    all[PAGE..].reverse();
    let unordered = Server::start(Behavior {
        keys: all.clone(),
        latency: Duration::from_millis(1),
        bears: usize::MAX,
    });
    unordered.lists("", all.len());
}

#[test]
fn a_trail_beside_another_takes_the_requests_of_its_own_listing() {
    let one = keys(1..=2, 3);
    let requests = |beside: &[&str], prefix: &str| {
        let mut all = one.clone();
        all.extend(beside.iter().map(|key| (*key).to_owned()));
        if !prefix.is_empty() {
            all.extend(one.iter().map(|key| format!("{prefix}{key}")));
        }
        all.sort();
        let server = Server::start(Behavior {
            keys: all.clone(),
            latency: Duration::ZERO,
            bears: usize::MAX,
        });
        server.lists("", all.len());
        server.lists("--from 2026-03-03 --late 0", all.len() - all.len() / 6 * 3);
        server.counts.all_lists.load(Ordering::SeqCst) / 2
    };
    // The levels from the bucket to the month.
    assert_eq!(requests(&[], ""), 7);
    assert_eq!(requests(&["README.txt"], ""), 7);
    assert_eq!(requests(&["reports/a.csv"], ""), 8);
    assert_eq!(requests(&["reports/a/b.csv", "reports/c.csv"], ""), 9);
    assert_eq!(requests(&[], "prod/"), 7 + 7);
    // The folder, and everything below it.
    assert_eq!(requests(&[], "teams/prod/"), 7 + 2);
}

//! Servers of S3 that answer wrongly: what they do not list or deliver is a problem, and never lost
//! in silence.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

/// A request: the path, the parameters of the query, and the number of earlier ones like it.
struct Asked {
    key: String,
    query: BTreeMap<String, String>,
    earlier: usize,
}

impl Asked {
    fn is_list(&self) -> bool {
        self.query.contains_key("list-type")
    }

    fn token(&self) -> Option<&str> {
        self.query.get("continuation-token").map(String::as_str)
    }
}

/// An answer. A body may be shorter than the length that is declared, or have none.
struct Answer {
    status: u16,
    headers: String,
    length: Option<usize>,
    body: Vec<u8>,
}

impl Answer {
    fn of(status: u16, body: impl Into<Vec<u8>>) -> Self {
        let body = body.into();
        Self {
            status,
            headers: String::new(),
            length: Some(body.len()),
            body,
        }
    }

    fn denied() -> Self {
        Self::of(
            403,
            "<Error><Code>AccessDenied</Code><Message>no</Message></Error>",
        )
    }

    fn object(body: impl Into<Vec<u8>>, etag: &str) -> Self {
        let answer = Self::of(200, body);
        Self {
            headers: format!("ETag: {etag}\r\n"),
            ..answer
        }
    }

    fn cut(self) -> Self {
        let half = self.body[..self.body.len() / 2].to_vec();
        Self { body: half, ..self }
    }
}

/// What a server answers.
type Respond = dyn Fn(&Asked) -> Answer + Send + Sync;

/// A server whose answers are scripted.
struct Server {
    port: u16,
    asked: Arc<Mutex<BTreeMap<String, usize>>>,
}

impl Server {
    fn start(respond: impl Fn(&Asked) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = Arc::new(Mutex::new(BTreeMap::new()));
        let respond: Arc<Respond> = Arc::new(respond);
        let counts = Arc::clone(&asked);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (respond, counts) = (Arc::clone(&respond), Arc::clone(&counts));
                // A client that has enough closes the connection.
                std::thread::spawn(move || serve(stream.unwrap(), &*respond, &counts).ok());
            }
        });
        Self { port, asked }
    }

    /// The number of requests.
    fn requests(&self) -> usize {
        self.asked.lock().unwrap().values().sum()
    }

    fn run(&self, arguments: &str) -> (i32, String, String) {
        let output = crate::program::command()
            .args(arguments.split_whitespace())
            .args(["--endpoint-url", &format!("http://127.0.0.1:{}", self.port)])
            .args(["--path-style", "--no-sign-request"])
            .env_clear()
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .output()
            .unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        let code = output.status.code().unwrap();
        (code, text(output.stdout), text(output.stderr))
    }

    /// The exit code and the summary of an audit of `s3://b/logs/` with these options.
    fn audit(&self, options: &str) -> (i32, Value) {
        let arguments = format!("audit --json --quiet --pattern get {options} s3://b/logs/");
        let (code, stdout, stderr) = self.run(&arguments);
        let summary = serde_json::from_str(&stdout);
        (code, summary.unwrap_or_else(|_| panic!("{code}: {stderr}")))
    }

    /// The error of an audit that cannot be done, which is one line for people.
    fn error(&self, options: &str) -> String {
        let (code, _, stderr) = self.run(&format!("audit --pattern get {options} s3://b/logs/"));
        assert_eq!(code, 2, "{stderr}");
        assert!(
            stderr.lines().count() == 1 && stderr.len() < 600,
            "{stderr}"
        );
        stderr
    }
}

fn serve(
    stream: TcpStream,
    respond: &Respond,
    counts: &Mutex<BTreeMap<String, usize>>,
) -> std::io::Result<()> {
    let mut reader = BufReader::new(&stream);
    let mut first = String::new();
    reader.read_line(&mut first)?;
    let mut line = String::new();
    while reader.read_line(&mut line)? > 2 {
        line.clear();
    }
    let target = first.split(' ').nth(1).unwrap().to_owned();
    let earlier = {
        let mut counts = counts.lock().unwrap();
        let count = counts.entry(target.clone()).or_default();
        *count += 1;
        *count - 1
    };
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let pair = |text: &str| {
        let (name, value) = text.split_once('=').unwrap_or((text, ""));
        (name.to_owned(), unquoted(value))
    };
    let asked = Asked {
        key: unquoted(path.trim_start_matches("/b").trim_start_matches('/')),
        query: query.split('&').map(pair).collect(),
        earlier,
    };
    let answer = respond(&asked);
    let length = answer
        .length
        .map(|length| format!("Content-Length: {length}\r\n"));
    let head = format!(
        "HTTP/1.1 {} X\r\n{}{}Connection: close\r\n\r\n",
        answer.status,
        answer.headers,
        length.unwrap_or_default()
    );
    let mut out = &stream;
    out.write_all(head.as_bytes())?;
    out.write_all(&answer.body)
}

/// A text without its percent encoding.
fn unquoted(text: &str) -> String {
    let mut parts = text.split('%');
    let mut bytes = parts.next().unwrap().as_bytes().to_vec();
    for part in parts {
        bytes.push(u8::from_str_radix(&part[..2], 16).unwrap());
        bytes.extend(part[2..].bytes());
    }
    String::from_utf8(bytes).unwrap()
}

/// Text with every character encoded that may be.
fn quoted(text: &str) -> String {
    let quote = |byte: u8| match byte {
        b' ' => "+".to_owned(),
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' => {
            char::from(byte).to_string()
        }
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(quote).collect()
}

/// An object with one record that the pattern of these tests matches.
fn object(key: &str) -> String {
    let record = json!({
        "eventTime": "2026-03-02T09:10:00Z", "eventSource": "s.amazonaws.com",
        "eventName": "get", "eventID": key,
    });
    json!({ "Records": [record] }).to_string()
}

/// Ten keys.
fn keys() -> Vec<String> {
    (0..10)
        .map(|number| format!("logs/{number}.json"))
        .collect()
}

/// The end of a page.
#[derive(Clone, Copy, Default)]
struct PageEnd<'a> {
    truncated: Option<bool>,
    token: Option<&'a str>,
}

/// A page of a listing.
fn page(keys: &[String], end: PageEnd<'_>) -> Answer {
    let mut text = "<ListBucketResult><EncodingType>url</EncodingType>".to_owned();
    if let Some(truncated) = end.truncated {
        text += &format!("<IsTruncated>{truncated}</IsTruncated>");
    }
    if let Some(token) = end.token {
        text += &format!("<NextContinuationToken>{token}</NextContinuationToken>");
    }
    for key in keys {
        let size = object(key).len();
        text += &format!(
            "<Contents><Key>{}</Key><ETag>&quot;1&quot;</ETag><Size>{size}</Size></Contents>",
            quoted(key)
        );
    }
    Answer::of(200, text + "</ListBucketResult>")
}

/// The last page of a listing.
fn last_page(keys: &[String]) -> Answer {
    let truncated = Some(false);
    page(
        keys,
        PageEnd {
            truncated,
            token: None,
        },
    )
}

/// A page that others follow.
fn truncated_page<'a>(keys: &[String], token: impl Into<Option<&'a str>>) -> Answer {
    let (truncated, token) = (Some(true), token.into());
    page(keys, PageEnd { truncated, token })
}

/// Starts a server that delivers every object, and lists by a script. What asks for the folders of
/// a prefix, by which the program looks for CloudTrail's layout, gets none.
fn listing(list: impl Fn(&Asked) -> Answer + Send + Sync + 'static) -> Server {
    Server::start(move |asked| match asked {
        asked if !asked.is_list() => Answer::object(object(&asked.key), "\"1\""),
        asked if asked.query.contains_key("delimiter") => last_page(&[]),
        asked => list(asked),
    })
}

/// Checks that so many objects were read, and that the rest is one problem that says so.
fn assert_incomplete((code, summary): (i32, Value), read: u64, detail: &str) {
    assert_eq!((code, &summary["attempts"]), (3, &json!(read)), "{summary}");
    let problems = summary["problems"].as_array().unwrap();
    assert_eq!(problems.len(), 1, "{problems:?}");
    let (object, text) = (
        &problems[0]["object"],
        problems[0]["detail"].as_str().unwrap(),
    );
    assert_eq!(object, "s3://b/logs/");
    let begin = "not everything below was listed: ";
    assert!(text.starts_with(begin) && text.contains(detail), "{text}");
}

fn assert_complete((code, summary): (i32, Value), read: u64) {
    assert_eq!((code, &summary["attempts"]), (0, &json!(read)), "{summary}");
}

#[test]
fn a_page_that_was_cut_is_requested_again() {
    for cut in [0.1, 0.5, 0.9, 0.99] {
        let server = listing(move |asked| {
            let answer = last_page(&keys());
            if asked.earlier >= 2 {
                return answer;
            }
            let end = (answer.body.len() as f64 * cut) as usize;
            Answer::of(200, &answer.body[..end])
        });
        assert_complete(server.audit(""), 10);
    }
    let broken = listing(|asked| match asked.earlier {
        0 | 1 => last_page(&keys()).cut(),
        _ => last_page(&keys()),
    });
    assert_complete(broken.audit(""), 10);
}

#[test]
fn what_a_listing_lacks_is_a_problem_and_what_came_before_is_read() {
    let denied = listing(|asked| match asked.token() {
        None => truncated_page(&keys()[..4], "next"),
        Some(_) => Answer::denied(),
    });
    assert_incomplete(denied.audit(""), 4, "AccessDenied: no");
    let no_token = listing(|_| truncated_page(&keys()[..4], None));
    assert_incomplete(no_token.audit(""), 4, "no continuation token");
    let same_token = listing(|_| truncated_page(&keys()[..4], "again"));
    assert_incomplete(same_token.audit(""), 4, "the same continuation token twice");
    let circle = listing(|asked| match asked.token() {
        Some("a") => truncated_page(&keys()[4..], "b"),
        _ => truncated_page(&keys()[..4], "a"),
    });
    assert_incomplete(circle.audit(""), 10, "the same continuation token twice");
    let empty = listing(|asked| match asked.token() {
        None => truncated_page(&keys(), "0"),
        Some(token) => {
            let next = token.parse::<u32>().unwrap() + 1;
            truncated_page(&[], next.to_string().as_str())
        }
    });
    assert_incomplete(empty.audit(""), 10, "1000 empty pages");
}

#[test]
fn pages_follow_as_long_as_there_is_a_token() {
    let contradiction = listing(|asked| match asked.token() {
        None => {
            let (truncated, token) = (Some(false), Some("more"));
            page(&keys()[..4], PageEnd { truncated, token })
        }
        Some(_) => last_page(&keys()[4..]),
    });
    assert_complete(contradiction.audit(""), 10);
    let silent = listing(|_| page(&keys(), PageEnd::default()));
    assert_complete(silent.audit(""), 10);
}

#[test]
fn keys_in_any_order_are_all_found() {
    let day = |day: u32| {
        let folder = format!("logs/AWSLogs/1/CloudTrail/us-east-1/2026/03/{day:02}");
        (0..3).map(move |number| format!("{folder}/{number}.json"))
    };
    let keys: Vec<String> = [20, 5, 2, 30, 4, 3, 1].into_iter().flat_map(day).collect();
    let sorted = {
        let mut sorted = keys.clone();
        sorted.sort();
        sorted
    };
    let rotated = {
        let mut rotated = sorted.clone();
        rotated.rotate_right(6);
        rotated
    };
    let attempts = |keys: Vec<String>, page_keys: usize| {
        let server = Server::start(move |asked| {
            if !asked.is_list() {
                return Answer::object(object(&asked.key), "\"1\"");
            }
            let prefix = asked.query.get("prefix").cloned().unwrap_or_default();
            let folder = "logs/AWSLogs/1/CloudTrail/us-east-1/2026/03/";
            if let Some(below) = folder
                .strip_prefix(&prefix)
                .filter(|below| !below.is_empty())
            {
                let end = prefix.len() + below.find('/').unwrap() + 1;
                let folder = &folder[..end];
                return Answer::of(
                    200,
                    format!(
                        "<ListBucketResult><CommonPrefixes><Prefix>{folder}</Prefix>\
                         </CommonPrefixes></ListBucketResult>"
                    ),
                );
            }
            let begin: usize = asked.token().map_or(0, |token| token.parse().unwrap());
            let end = (begin + page_keys).min(keys.len());
            if end == keys.len() {
                return last_page(&keys[begin..]);
            }
            truncated_page(&keys[begin..end], end.to_string().as_str())
        });
        let (code, summary) = server.audit("--from 2026-03-02 --to 2026-03-04 --late 0");
        assert_eq!(code, 0, "{summary}");
        let listed = summary["objects"]["listed"].as_u64().unwrap();
        (listed, server.requests())
    };
    let (listed, requests) = attempts(sorted, 4);
    // The days of the range, and those in which its objects may still be delivered.
    assert_eq!(listed, 12);
    // Six folders, five pages and the objects.
    assert!(
        requests <= 6 + 5 + 12,
        "a listing in order ends early: {requests}"
    );
    for keys in [keys, rotated] {
        for page_keys in [2, 4, 100] {
            let found = attempts(keys.clone(), page_keys);
            assert_eq!(found.0, listed, "{page_keys} keys a page");
        }
    }
}

#[test]
fn keys_may_have_any_character() {
    let names = [
        "a+b c.json",
        "100%25.json",
        "\u{1b}[31m.json",
        "\u{e9}<&>\u{202e}.json",
        "a\nb.json",
    ];
    let keys: Vec<String> = names.iter().map(|name| format!("logs/{name}")).collect();
    let server = listing(move |_| last_page(&keys));
    assert_complete(server.audit(""), 5);
}

#[test]
fn answers_without_end_are_limited() {
    let large = Server::start(|_| Answer {
        length: None,
        ..Answer::of(
            200,
            b"<ListBucketResult><Contents><Key>a</Key></Contents>".repeat(1 << 19),
        )
    });
    let error = large.error("");
    assert!(error.contains("larger than any answer of S3"), "{error}");
    let endless = |asked: &Asked| {
        let token = asked.token();
        let number = token.map_or(0, |token| token.parse::<u32>().unwrap());
        let key = |key: u32| format!("logs/{number}-{key}.json");
        let keys: Vec<String> = (0..100).map(key).collect();
        truncated_page(&keys, (number + 1).to_string().as_str())
    };
    // Its folders, or its objects alone.
    for (server, requests) in [(Server::start(endless), 11), (listing(endless), 1 + 11)] {
        let error = server.error("--max-objects 1000");
        let reason = "more than 1000 objects; `--max-objects`";
        assert!(error.contains(reason), "{error}");
        assert_eq!(server.requests(), requests, "nothing is read");
    }
    // Without a length, the size of an object is not known.
    let bodies = Server::start(|asked| match asked.is_list() {
        true => last_page(&keys()),
        false => Answer {
            length: None,
            ..Answer::of(200, format!("{{\"Records\":[{}", " ".repeat(8 << 20)))
        },
    });
    let (code, summary) = bodies.audit("--max-content 1");
    let problems = summary["problems"].as_array().unwrap();
    assert_eq!((code, problems.len()), (3, 10), "{problems:?}");
    assert!(
        problems
            .iter()
            .all(|problem| problem["kind"] == "too-large"),
        "{problems:?}"
    );
}

#[test]
fn an_object_that_was_replaced_is_not_read() {
    let server = Server::start(|asked| match asked.is_list() {
        true => last_page(&keys()),
        false if asked.key == "logs/3.json" => Answer::object(object("new"), "\"2\""),
        false => Answer::object(object(&asked.key), "W/\"1\""),
    });
    let (code, summary) = server.audit("");
    assert_eq!((code, &summary["attempts"]), (3, &json!(9)));
    let problem = &summary["problems"][0];
    assert_eq!(problem["kind"], "replaced");
    assert!(
        problem["detail"]
            .as_str()
            .unwrap()
            .contains("its ETag is \"2\""),
        "{problem}"
    );
}

#[test]
fn a_short_object_is_requested_again() {
    let server = Server::start(|asked| {
        let whole = object(&asked.key);
        match (asked.is_list(), asked.earlier) {
            (true, _) => last_page(&keys()),
            (false, 0) => Answer::object(&whole[..whole.len() / 2], "\"1\""),
            (false, 1) => Answer {
                headers: "ETag: \"1\"\r\nContent-Range: bytes 0-9/100\r\n".to_owned(),
                ..Answer::of(206, &whole[..10])
            },
            (false, 2) => Answer::object("", "\"1\""),
            (false, _) => Answer::object(whole, "\"1\""),
        }
    });
    assert_complete(server.audit(""), 10);
}

#[test]
fn a_size_that_the_listing_got_wrong_is_no_damage() {
    // The MD5 of an object is its ETag, mostly.
    let etag = "\"0cc175b9c0f1b6a831c399e269772661\"";
    let server = Server::start(move |asked| match asked.is_list() {
        true => Answer::of(
            200,
            format!(
                "<ListBucketResult><Contents><Key>logs/a</Key><ETag>{etag}</ETag>\
                 <Size>4611686018427387903</Size></Contents><Contents><Key>logs/b</Key>\
                 <ETag>{etag}</ETag><Size>7</Size></Contents></ListBucketResult>"
            ),
        ),
        false => Answer::object("a", etag),
    });
    // What holds no records is read all the same.
    let (code, stdout, stderr) = server.run("audit --pattern get s3://b/logs/ --json");
    assert_eq!(server.requests(), 1 + 2, "{code} {stdout} {stderr}");
}

#[test]
fn the_reason_why_nothing_was_read_is_the_true_one() {
    let denied =
        Server::start(
            |asked| match asked.query.get("prefix").map_or("", String::as_str) {
                "logs/" => Answer::of(
                    200,
                    "<ListBucketResult><CommonPrefixes><Prefix>logs/AWSLogs/</Prefix>\
                 </CommonPrefixes></ListBucketResult>",
                ),
                _ => Answer::denied(),
            },
        );
    let error = denied.error("");
    let reason = "access was denied for `s3://b/logs/AWSLogs/`: everything below cannot be listed";
    assert!(
        error.contains(reason) && !error.contains("no file that holds"),
        "{error}"
    );
    let moved = Server::start(|_| Answer::of(307, ""));
    let error = moved.error("");
    assert!(error.contains("answered with the status 307"), "{error}");
}

//! Writes the sample archive: four invented days of two AWS accounts, laid out as CloudTrail lays
//! them out in a bucket, with attempts to use a secret and a key that were pending deletion.
//!
//! ```text
//! cargo run --example generate-samples [-- OUT_DIR]
//! ```
//!
//! The program replaces `OUT_DIR/archive/AWSLogs` and `OUT_DIR/signed/AWSLogs` (by default those in
//! `samples`), the keys and the metadata of the latter, and prints what it wrote and what an audit
//! must find. Nothing depends on chance or on the clock, so every run writes the same records.
//! `README.md` beside this file tells the story in time order.

pub(crate) mod digests;
mod signed;

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fmt;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use flate2::{Compression, GzBuilder};
use jiff::{SignedDuration, Timestamp};
use serde::ser::{Serialize, SerializeMap, Serializer};

/// The result of a step that has nothing to hand over.
type Outcome = Result<(), Box<dyn Error>>;

/// Writes the archive and prints what an audit of it must find.
fn main() -> Outcome {
    let folder = output_folder()?;
    write_archive(&folder.join("archive"))?;
    write_signed(&folder)?;
    print_summary(&logs()?, &companion_objects()?)
}

/// Writes the archive into a folder. The tests compare it with the one in the repository.
pub(crate) fn write_archive(folder: &Path) -> Outcome {
    clear(&folder.join("AWSLogs"))?;
    for log in logs()? {
        write_object(folder, &log.stored()?)?;
    }
    for companion in companion_objects()? {
        write_object(folder, &companion)?;
    }
    Ok(())
}

/// Writes the signed sample into a folder: its bucket, its keys and its metadata.
pub(crate) fn write_signed(folder: &Path) -> Outcome {
    signed::write(folder)
}

fn logs() -> Result<Vec<LogObject>, Box<dyn Error>> {
    deliver(tell_the_story()?)
}

/// Reads the only argument, the folder that receives the samples.
fn output_folder() -> Result<PathBuf, Box<dyn Error>> {
    let mut arguments = std::env::args_os().skip(1);
    let folder = arguments.next().map(PathBuf::from);
    if arguments.next().is_some() {
        return Err("usage: generate-samples [OUT_DIR]".into());
    }
    Ok(folder.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("samples")))
}

// ---------------------------------------------------------------------------------------------
// The cast
// ---------------------------------------------------------------------------------------------

/// The account of the shop, where a billing secret is deleted too early.
const SHOP: &str = "111122223333";

/// The account of the reports, where an old secret and a key are given up.
const REPORTS: &str = "444455556666";

/// The shop in its main region.
const SHOP_US: Site = Site {
    account: SHOP,
    region: "us-east-1",
};

/// The shop in its second region, where nothing remarkable happens.
const SHOP_EU: Site = Site {
    account: SHOP,
    region: "eu-west-1",
};

/// The reports in the region of the key.
const REPORTS_US: Site = Site {
    account: REPORTS,
    region: "us-east-1",
};

/// The reports in the region of the old secret.
const REPORTS_EU: Site = Site {
    account: REPORTS,
    region: "eu-west-1",
};

/// The secret that is deleted, missed and restored.
const BILLING_DATABASE: Secret = Secret {
    site: SHOP_US,
    name: "prod/billing/database",
};

/// The secret whose deletion was scheduled before the archive begins.
const LEGACY_FTP: Secret = Secret {
    site: REPORTS_EU,
    name: "legacy/ftp",
};

/// The key that is scheduled for deletion, missed and recovered.
const REPORT_KEY: Key = Key {
    site: REPORTS_US,
    label: "reports",
};

/// The administrator of the shop.
const MARIA: Actor = Actor::user("maria-keller", "203.0.113.14", AWS_CLI);

/// A developer of the shop.
const TOM: Actor = Actor::user("tom-baker", "203.0.113.27", AWS_CLI);

/// The operator of the reports.
const INES: Actor = Actor::user("ines-moreau", "203.0.113.40", AWS_CLI);

/// A build machine whose key someone else is using.
const BUILD_ROBOT: Actor = Actor::user("build-robot", "198.51.100.9", "python-requests/2.32.3");

/// The application that everybody remembered.
const BILLING_API: Actor =
    Actor::role("billing-api", "i-0a11ce0f5ca1ab1e0", "192.0.2.21", JAVA_SDK);

/// The application that everybody forgot.
const BILLING_BATCH: Actor = Actor::role(
    "billing-batch",
    "i-0ba7c4ba7c4ba7c40",
    "192.0.2.35",
    PYTHON_SDK,
);

/// The web servers, present in both accounts.
const WEB_FRONTEND: Actor = Actor::role(
    "web-frontend",
    "i-0feedc0ffee000001",
    "192.0.2.50",
    JAVA_SDK,
);

/// The job that puts tags on everything.
const RESOURCE_TAGGER: Actor =
    Actor::role("resource-tagger", "weekly-tags", "192.0.2.77", PYTHON_SDK);

/// The nightly transfer that still uses the old secret.
const FTP_SYNC: Actor = Actor::role("ftp-sync", "nightly", "192.0.2.90", PYTHON_SDK);

/// The application that encrypts reports.
const REPORT_RENDERER: Actor = Actor::role("report-renderer", "render-7", "192.0.2.104", JAVA_SDK);

/// The administrators of keys, who sign in through a role.
const PLATFORM_ADMIN: Actor = Actor::role("platform-admin", "ines-moreau", "203.0.113.40", AWS_CLI);

/// Amazon EC2 acting for itself.
const EC2: Actor = Actor::service("ec2.amazonaws.com");

/// Amazon S3 acting for itself.
const S3: Actor = Actor::service("s3.amazonaws.com");

/// The name under which Secrets Manager acts for a caller.
const SECRETS_MANAGER: &str = "secretsmanager.amazonaws.com";

/// The user agent of the AWS command line.
const AWS_CLI: &str =
    "aws-cli/2.33.9 md/awscrt#0.29.2 ua/2.1 os/linux md/arch#x86_64 lang/python#3.13.11";

/// The user agent of the AWS SDK for Python.
const PYTHON_SDK: &str =
    "Boto3/1.42.30 md/Botocore#1.42.30 ua/2.1 os/linux md/arch#x86_64 lang/python#3.12.3";

/// The user agent of the AWS SDK for Java.
const JAVA_SDK: &str =
    "aws-sdk-java/2.41.5 md/io#sync md/http#Apache ua/2.1 os/Linux lang/java#21.0.9";

/// The user agent of a browser.
const BROWSER: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:147.0) Gecko/20100101 Firefox/147.0";

/// Reads the value of a secret.
const GET_SECRET_VALUE: Operation = Operation::reads("secretsmanager", "GetSecretValue");

/// Reads everything about a secret but its value.
const DESCRIBE_SECRET: Operation = Operation::reads("secretsmanager", "DescribeSecret");

/// Lists the secrets of a region.
const LIST_SECRETS: Operation = Operation::reads("secretsmanager", "ListSecrets");

/// Creates a secret.
const CREATE_SECRET: Operation = Operation::writes("secretsmanager", "CreateSecret");

/// Schedules a secret for deletion.
const DELETE_SECRET: Operation = Operation::writes("secretsmanager", "DeleteSecret");

/// Takes back the deletion of a secret.
const RESTORE_SECRET: Operation = Operation::writes("secretsmanager", "RestoreSecret");

/// Puts tags on a secret.
const TAG_SECRET: Operation = Operation::writes("secretsmanager", "TagResource");

/// Decrypts with a key.
const DECRYPT: Operation = Operation::reads("kms", "Decrypt");

/// Makes a data key and encrypts it with a key.
const GENERATE_DATA_KEY: Operation = Operation::reads("kms", "GenerateDataKey");

/// Reads everything about a key but its material.
const DESCRIBE_KEY: Operation = Operation::reads("kms", "DescribeKey");

/// Schedules a key for deletion.
const SCHEDULE_KEY_DELETION: Operation = Operation::writes("kms", "ScheduleKeyDeletion");

/// Takes back the deletion of a key.
const CANCEL_KEY_DELETION: Operation = Operation::writes("kms", "CancelKeyDeletion");

/// Makes a key usable again.
const ENABLE_KEY: Operation = Operation::writes("kms", "EnableKey");

/// Takes on a role.
const ASSUME_ROLE: Operation = Operation::reads("sts", "AssumeRole");

/// Asks who the caller is.
const GET_CALLER_IDENTITY: Operation = Operation::reads("sts", "GetCallerIdentity");

/// Looks at instances.
const DESCRIBE_INSTANCES: Operation = Operation::reads("ec2", "DescribeInstances");

/// Looks at log groups.
const DESCRIBE_LOG_GROUPS: Operation = Operation::reads("logs", "DescribeLogGroups");

/// Looks at alarms.
const DESCRIBE_ALARMS: Operation = Operation::reads("monitoring", "DescribeAlarms");

/// Reads a parameter.
const GET_PARAMETER: Operation = Operation::reads("ssm", "GetParameter");

/// Signs in to the console.
const CONSOLE_LOGIN: Operation = Operation::writes("signin", "ConsoleLogin");

// ---------------------------------------------------------------------------------------------
// The story, scene by scene
// ---------------------------------------------------------------------------------------------

/// Plays all scenes and returns the records with the moments of their delivery.
fn tell_the_story() -> Result<Ledger, Box<dyn Error>> {
    let mut ledger = Ledger::default();
    billing_secret_is_created(&mut ledger)?;
    billing_secret_is_read_normally(&mut ledger)?;
    billing_secret_is_scheduled_for_deletion(&mut ledger)?;
    forgotten_batch_job_is_refused(&mut ledger)?;
    developer_tries_by_friendly_name(&mut ledger)?;
    nightly_run_is_delivered_a_day_late(&mut ledger)?;
    intruder_sends_hostile_text(&mut ledger)?;
    billing_secret_is_restored(&mut ledger)?;
    old_secret_is_refused_while_pending(&mut ledger)?;
    old_secret_is_gone(&mut ledger)?;
    report_key_is_scheduled_for_deletion(&mut ledger)?;
    report_key_is_missed(&mut ledger)?;
    report_key_is_recovered(&mut ledger)?;
    calls_that_only_look_like_attempts(&mut ledger)?;
    ordinary_life(&mut ledger)?;
    Ok(ledger)
}

/// An administrator creates the billing secret on the first morning.
fn billing_secret_is_created(ledger: &mut Ledger) -> Outcome {
    let at = march(2, "08:10:12")?;
    let version = uuid("version of the billing secret");
    let request = Fields::default()
        .text("name", BILLING_DATABASE.name)
        .text("clientRequestToken", &version)
        .text("description", "Login of the billing database")
        .flag("forceOverwriteReplicaSecret", false);
    ledger.add(
        Record::call(MARIA, CREATE_SECRET, SHOP_US, at)
            .asking(request)
            .answering(Fields::default().text("arn", BILLING_DATABASE.arn())),
    );
    ledger.add(secret_encryption(
        MARIA,
        GENERATE_DATA_KEY,
        BILLING_DATABASE,
        at,
    ));
    Ok(())
}

/// For a day both applications read the billing secret without trouble.
fn billing_secret_is_read_normally(ledger: &mut Ledger) -> Outcome {
    let reads = [
        march(2, "09:01:20")?,
        march(2, "14:01:20")?,
        march(2, "20:14:05")?,
        march(3, "08:01:20")?,
    ];
    for at in reads {
        add_read_by_both_applications(ledger, at);
    }
    Ok(())
}

/// The administrator believes that nobody uses the secret any more.
///
/// Looking at a secret that is pending deletion is allowed, so her second call succeeds.
fn billing_secret_is_scheduled_for_deletion(ledger: &mut Ledger) -> Outcome {
    let at = march(3, "09:15:00")?;
    let request = Fields::default()
        .text("secretId", BILLING_DATABASE.arn())
        .number("recoveryWindowInDays", 7);
    let response = Fields::default()
        .text("arn", BILLING_DATABASE.arn())
        .text("name", BILLING_DATABASE.name)
        .text("deletionDate", java_date(later(at, 7 * DAY)));
    ledger.add(
        Record::call(MARIA, DELETE_SECRET, SHOP_US, at)
            .asking(request)
            .answering(response),
    );
    ledger.add(
        Record::call(MARIA, DESCRIBE_SECRET, SHOP_US, march(3, "09:16:20")?)
            .asking(Fields::default().text("secretId", BILLING_DATABASE.arn())),
    );
    Ok(())
}

/// The batch job asks for the secret in four bursts over three hours and is refused each time.
///
/// One record spells its apostrophe as an escape, which must not hide it.
fn forgotten_batch_job_is_refused(ledger: &mut Ledger) -> Outcome {
    let bursts = [
        Burst {
            first: march(3, "09:32:10")?,
            pause_seconds: 180,
            reads: 7,
        },
        Burst {
            first: march(3, "10:36:10")?,
            pause_seconds: 120,
            reads: 9,
        },
        Burst {
            first: march(3, "11:35:10")?,
            pause_seconds: 420,
            reads: 6,
        },
        Burst {
            first: march(3, "12:28:10")?,
            pause_seconds: 60,
            reads: 7,
        },
    ];
    let mut spelling = Spelling::Escaped;
    for at in bursts.iter().flat_map(Burst::moments) {
        let read = refused_read(BILLING_BATCH, SHOP_US, &BILLING_DATABASE.arn(), at);
        ledger.add(read.spelled(spelling));
        spelling = Spelling::Plain;
    }
    Ok(())
}

/// A developer who was told of the failures tries it by hand, with the name instead of the ARN.
fn developer_tries_by_friendly_name(ledger: &mut Ledger) -> Outcome {
    for at in [march(3, "14:05:12")?, march(3, "14:06:40")?] {
        ledger.add(refused_read(TOM, SHOP_US, BILLING_DATABASE.name, at));
    }
    Ok(())
}

/// The nightly run is refused as well, but CloudTrail delivers its records 26 hours later.
fn nightly_run_is_delivered_a_day_late(ledger: &mut Ledger) -> Outcome {
    let delivered = march(4, "22:20:00")?;
    for at in [march(3, "20:14:05")?, march(3, "20:14:35")?] {
        let read = refused_read(BILLING_BATCH, SHOP_US, &BILLING_DATABASE.arn(), at);
        ledger.add_late(read, delivered);
    }
    let identity = caller_asks_who_it_is(SHOP_US, march(3, "20:15:10")?);
    let instances = instances_are_described(SHOP_US, march(3, "20:16:30")?);
    for record in identity.into_iter().chain(instances) {
        ledger.add_late(record, delivered);
    }
    Ok(())
}

/// Someone with a stolen key sends text meant for whoever reads the report.
///
/// AWS would hardly accept these as names of secrets. They stand here so that a report can show how
/// it guards spreadsheets against formulas and terminals against control characters.
fn intruder_sends_hostile_text(ledger: &mut Ledger) -> Outcome {
    let painter = Actor {
        agent: "\u{1b}[31mcurl\u{1b}[0m",
        ..BUILD_ROBOT
    };
    ledger.add(refused_read(
        painter,
        SHOP_US,
        "=cmd|' /C calc'!A0",
        march(3, "22:40:07")?,
    ));
    let link = "=HYPERLINK(\"http://198.51.100.9/\")";
    let read = refused_read(BUILD_ROBOT, SHOP_US, link, march(3, "22:41:33")?);
    ledger.add(read.spelled(Spelling::Escaped));
    Ok(())
}

/// The administrator restores the secret, and both applications read it again.
fn billing_secret_is_restored(ledger: &mut Ledger) -> Outcome {
    let at = march(4, "08:02:00")?;
    let response = Fields::default()
        .text("arn", BILLING_DATABASE.arn())
        .text("name", BILLING_DATABASE.name);
    ledger.add(
        Record::call(MARIA, RESTORE_SECRET, SHOP_US, at)
            .asking(Fields::default().text("secretId", BILLING_DATABASE.arn()))
            .answering(response),
    );
    ledger.add(Record::of_secret(
        "CancelSecretVersionDelete",
        BILLING_DATABASE,
        later(at, 1),
    ));
    let reads = [
        march(4, "08:02:40")?,
        march(4, "14:01:20")?,
        march(4, "20:14:05")?,
        march(5, "09:01:20")?,
    ];
    for at in reads {
        add_read_by_both_applications(ledger, at);
    }
    Ok(())
}

/// The nightly transfer and its operator ask for a secret that was given up before the archive
/// begins.
fn old_secret_is_refused_while_pending(ledger: &mut Ledger) -> Outcome {
    for day in 2..=4 {
        for clock in ["02:30:04", "02:30:34"] {
            ledger.add(refused_read(
                FTP_SYNC,
                REPORTS_EU,
                LEGACY_FTP.name,
                march(day, clock)?,
            ));
        }
    }
    ledger.add(refused_read(
        INES,
        REPORTS_EU,
        &LEGACY_FTP.arn(),
        march(3, "11:20:45")?,
    ));
    Ok(())
}

/// Secrets Manager deletes the old secret, and later calls get another answer.
fn old_secret_is_gone(ledger: &mut Ledger) -> Outcome {
    ledger.add(Record::of_secret(
        "StartSecretVersionDelete",
        LEGACY_FTP,
        march(4, "05:42:10")?,
    ));
    ledger.add(Record::of_secret(
        "EndSecretVersionDelete",
        LEGACY_FTP,
        march(4, "05:42:11")?,
    ));
    let missing = Refusal::new(
        "ResourceNotFoundException",
        "Secrets Manager can't find the specified secret.",
    );
    ledger.add(
        read(INES, REPORTS_EU, &LEGACY_FTP.arn(), march(4, "10:05:50")?).refused(missing.clone()),
    );
    for clock in ["02:30:04", "02:30:34"] {
        let at = march(5, clock)?;
        ledger.add(read(FTP_SYNC, REPORTS_EU, LEGACY_FTP.name, at).refused(missing.clone()));
    }
    Ok(())
}

/// An administrator gives up the key of the reports.
fn report_key_is_scheduled_for_deletion(ledger: &mut Ledger) -> Outcome {
    let at = march(3, "15:00:40")?;
    let request = Fields::default()
        .number("pendingWindowInDays", 7)
        .text("keyId", REPORT_KEY.id());
    let response = Fields::default()
        .text("keyId", REPORT_KEY.arn())
        .text("keyState", "PendingDeletion")
        .text("deletionDate", java_date(later(at, 7 * DAY)))
        .number("pendingWindowInDays", 7);
    ledger.add(
        Record::call(PLATFORM_ADMIN, SCHEDULE_KEY_DELETION, REPORTS_US, at)
            .asking(request)
            .answering(response)
            .using(REPORT_KEY),
    );
    Ok(())
}

/// The application and Amazon S3 still need the key.
fn report_key_is_missed(ledger: &mut Ledger) -> Outcome {
    ledger.add(refused_encryption(
        REPORT_RENDERER,
        DECRYPT,
        march(3, "15:31:05")?,
    ));
    ledger.add(refused_encryption(
        REPORT_RENDERER,
        DECRYPT,
        march(3, "15:31:45")?,
    ));
    ledger.add(refused_encryption(
        REPORT_RENDERER,
        GENERATE_DATA_KEY,
        march(3, "16:02:11")?,
    ));
    ledger.add(refused_encryption(
        S3,
        GENERATE_DATA_KEY,
        march(3, "21:15:00")?,
    ));
    ledger.add(refused_encryption(
        REPORT_RENDERER,
        DECRYPT,
        march(4, "06:00:15")?,
    ));
    ledger.add(refused_encryption(
        REPORT_RENDERER,
        GENERATE_DATA_KEY,
        march(4, "06:00:20")?,
    ));
    Ok(())
}

/// The administrator names the wrong key first, then recovers the right one.
///
/// The first refusal says "is not pending deletion", which AWS's pattern does not match.
fn report_key_is_recovered(ledger: &mut Ledger) -> Outcome {
    let live = Key {
        site: REPORTS_US,
        label: "invoices",
    };
    let message = format!("{} is not pending deletion.", live.arn());
    ledger.add(
        key_call(CANCEL_KEY_DELETION, live, march(4, "09:19:10")?)
            .refused(Refusal::new("KMSInvalidStateException", message)),
    );
    ledger.add(
        key_call(CANCEL_KEY_DELETION, REPORT_KEY, march(4, "09:20:15")?)
            .answering(Fields::default().text("keyId", REPORT_KEY.arn())),
    );
    ledger.add(
        key_call(ENABLE_KEY, REPORT_KEY, march(4, "09:20:50")?)
            .answering(Fields::default().text("keyId", REPORT_KEY.arn())),
    );
    ledger.add(report_encryption(
        REPORT_RENDERER,
        DECRYPT,
        march(4, "09:21:30")?,
    ));
    Ok(())
}

/// Records that a careless search would count, and that are no attempts under AWS's patterns.
fn calls_that_only_look_like_attempts(ledger: &mut Ledger) -> Outcome {
    let tags = Fields::default()
        .text("secretId", BILLING_DATABASE.arn())
        .list(
            "tags",
            vec![
                Fields::default()
                    .text("key", "team")
                    .text("value", "billing"),
            ],
        );
    let tagging = Record::call(RESOURCE_TAGGER, TAG_SECRET, SHOP_US, march(3, "14:07:30")?);
    ledger.add(tagging.asking(tags).refused(Refusal::marked_for_deletion()));

    let refused = read(
        WEB_FRONTEND,
        SHOP_US,
        &BILLING_DATABASE.arn(),
        march(3, "10:41:30")?,
    );
    ledger.add(without_permission(refused, "AccessDeniedException"));
    let refused = read(TOM, SHOP_EU, "prod/search/token", march(3, "07:01:50")?);
    ledger.add(without_permission(refused, "AccessDenied"));

    let cleaned = Secret {
        site: SHOP_US,
        name: "prod/web/session-key",
    };
    ledger.add(Record::of_secret(
        "SecretVersionDeletion",
        cleaned,
        march(4, "14:00:55")?,
    ));
    phrase_stands_in_the_request(ledger, march(2, "14:02:15")?);
    ledger.add(key_call(DESCRIBE_KEY, REPORT_KEY, march(3, "15:01:10")?));
    Ok(())
}

/// A read succeeds although its request quotes the text of the refusal.
fn phrase_stands_in_the_request(ledger: &mut Ledger, at: Timestamp) {
    let runbook = Secret {
        site: SHOP_US,
        name: "docs/runbook",
    };
    let request = Fields::default()
        .text("secretId", runbook.arn())
        .text("versionStage", "secret because it was marked for deletion");
    ledger.add(Record::call(TOM, GET_SECRET_VALUE, SHOP_US, at).asking(request));
    ledger.add(secret_encryption(TOM, DECRYPT, runbook, at));
}

/// A number of reads at equal distances.
struct Burst {
    /// The moment of the first read.
    first: Timestamp,
    /// The distance between two reads.
    pause_seconds: i64,
    /// How many reads there are.
    reads: i64,
}

impl Burst {
    /// Returns the moments of the reads, each up to seven seconds late as real jobs are.
    fn moments(&self) -> impl Iterator<Item = Timestamp> {
        (0..self.reads).map(|number| {
            let planned = later(self.first, number * self.pause_seconds);
            later(
                planned,
                i64::from(hash(&planned.to_string()).to_le_bytes()[0] % 8),
            )
        })
    }
}

/// Adds a successful read of the billing secret by each of the two applications.
fn add_read_by_both_applications(ledger: &mut Ledger, at: Timestamp) {
    ledger.add_all(successful_read(BILLING_API, BILLING_DATABASE, at));
    ledger.add_all(successful_read(
        BILLING_BATCH,
        BILLING_DATABASE,
        later(at, 7),
    ));
}

/// Returns a read of a secret and the decryption that Secrets Manager asks for in its course.
fn successful_read(actor: Actor, secret: Secret, at: Timestamp) -> Vec<Record> {
    vec![
        read(actor, secret.site, &secret.arn(), at),
        secret_encryption(actor, DECRYPT, secret, at),
    ]
}

/// Returns a read of a secret that is refused because the secret is pending deletion.
fn refused_read(actor: Actor, site: Site, secret_id: &str, at: Timestamp) -> Record {
    read(actor, site, secret_id, at).refused(Refusal::marked_for_deletion())
}

/// Returns a read of a secret, named as the caller names it.
fn read(actor: Actor, site: Site, secret_id: &str, at: Timestamp) -> Record {
    Record::call(actor, GET_SECRET_VALUE, site, at)
        .asking(Fields::default().text("secretId", secret_id))
}

/// Returns the use of a key by Secrets Manager in the name of the caller.
fn secret_encryption(actor: Actor, operation: Operation, secret: Secret, at: Timestamp) -> Record {
    let context = Fields::default().text("SecretARN", secret.arn()).text(
        "SecretVersionId",
        uuid(&format!("version of {}", secret.arn())),
    );
    let key = Key {
        site: secret.site,
        label: "aws/secretsmanager",
    };
    encryption(actor.through(SECRETS_MANAGER), operation, key, at).in_context(context)
}

/// Returns the use of the key of the reports.
fn report_encryption(actor: Actor, operation: Operation, at: Timestamp) -> Record {
    let bucket = "arn:aws:s3:::example-monthly-reports";
    encryption(actor, operation, REPORT_KEY, at)
        .in_context(Fields::default().text("aws:s3:arn", bucket))
}

/// Returns the use of the key of the reports while the key is pending deletion.
fn refused_encryption(actor: Actor, operation: Operation, at: Timestamp) -> Record {
    let message = format!("{} is pending deletion.", REPORT_KEY.arn());
    report_encryption(actor, operation, at)
        .refused(Refusal::new("KMSInvalidStateException", message))
}

/// Returns a cryptographic call, still without its encryption context.
///
/// A service that decrypts names no key, because the ciphertext does.
fn encryption(actor: Actor, operation: Operation, key: Key, at: Timestamp) -> Record {
    let fields = Fields::default();
    let request = match (operation == DECRYPT, actor.invoked_by) {
        (true, Some(_)) => fields.text("encryptionAlgorithm", "SYMMETRIC_DEFAULT"),
        (true, None) => fields
            .text("encryptionAlgorithm", "SYMMETRIC_DEFAULT")
            .text("keyId", key.arn()),
        (false, _) => fields.text("keyId", key.arn()).text("keySpec", "AES_256"),
    };
    Record::call(actor, operation, key.site, at)
        .asking(request)
        .using(key)
}

/// Returns an administrative call on a key.
fn key_call(operation: Operation, key: Key, at: Timestamp) -> Record {
    let request = Fields::default().text("keyId", key.id());
    Record::call(PLATFORM_ADMIN, operation, key.site, at)
        .asking(request)
        .using(key)
}

/// Turns a read into one whose caller lacks the permission.
fn without_permission(read: Record, code: &'static str) -> Record {
    let caller = read.user_identity.arn.as_deref().unwrap_or_default();
    let secret = read.secret_id();
    let message = format!(
        "User: {caller} is not authorized to perform: secretsmanager:GetSecretValue \
         on resource: {secret} because no identity-based policy allows the \
         secretsmanager:GetSecretValue action"
    );
    read.refused(Refusal::new(code, message))
}

// ---------------------------------------------------------------------------------------------
// The background
// ---------------------------------------------------------------------------------------------

/// An ordinary activity: where and when it happens decides its records.
type Activity = fn(Site, Timestamp) -> Vec<Record>;

/// What happens in both accounts on any day.
const ACTIVITIES: [Activity; 9] = [
    frontend_reads_its_secret,
    instance_assumes_its_role,
    instances_are_described,
    caller_asks_who_it_is,
    parameter_is_read,
    secrets_are_listed,
    log_groups_are_described,
    alarms_are_described,
    user_signs_in,
];

/// How many activities fall into one busy stretch.
const ACTIVITIES_IN_A_STRETCH: usize = 12;

/// Fills twenty stretches of the four days with ordinary calls.
///
/// Many of them share an object with a scene of the story, as they would in a living account.
fn ordinary_life(ledger: &mut Ledger) -> Outcome {
    for clock in ["09:00:30", "14:00:30"] {
        busy_stretch(ledger, SHOP_US, march(2, clock)?);
    }
    for clock in ["09:35:30", "10:40:30", "12:30:30"] {
        busy_stretch(ledger, SHOP_US, march(3, clock)?);
    }
    for clock in ["08:00:30", "14:00:30"] {
        busy_stretch(ledger, SHOP_US, march(4, clock)?);
    }
    busy_stretch(ledger, SHOP_US, march(5, "09:00:30")?);
    for day in 2..=5 {
        busy_stretch(ledger, SHOP_EU, march(day, "07:00:30")?);
    }
    busy_stretch(ledger, REPORTS_EU, march(2, "02:30:30")?);
    busy_stretch(ledger, REPORTS_EU, march(3, "11:20:30")?);
    busy_stretch(ledger, REPORTS_EU, march(4, "10:05:30")?);
    busy_stretch(ledger, REPORTS_EU, march(5, "02:30:30")?);
    busy_stretch(ledger, REPORTS_US, march(2, "10:00:30")?);
    busy_stretch(ledger, REPORTS_US, march(3, "15:00:30")?);
    busy_stretch(ledger, REPORTS_US, march(4, "09:20:30")?);
    busy_stretch(ledger, REPORTS_US, march(5, "10:00:30")?);
    Ok(())
}

/// Adds one stretch of ordinary calls, ten seconds apart, which CloudTrail delivers together.
fn busy_stretch(ledger: &mut Ledger, site: Site, first: Timestamp) {
    let offset = usize::from(hash(&first.to_string()).to_le_bytes()[0]);
    let activities = ACTIVITIES.iter().cycle().skip(offset % ACTIVITIES.len());
    let mut at = first;
    for activity in activities.take(ACTIVITIES_IN_A_STRETCH) {
        ledger.add_all(activity(site, at));
        at = later(at, 10);
    }
}

/// Returns the person who works in an account by day.
fn operator_of(site: Site) -> Actor {
    if site.account == SHOP { MARIA } else { INES }
}

/// The web servers read a secret of their own.
fn frontend_reads_its_secret(site: Site, at: Timestamp) -> Vec<Record> {
    successful_read(
        WEB_FRONTEND,
        Secret {
            site,
            name: "prod/web/session-key",
        },
        at,
    )
}

/// Amazon EC2 takes the role of an instance.
fn instance_assumes_its_role(site: Site, at: Timestamp) -> Vec<Record> {
    let role = "web-frontend";
    let session = "i-0feedc0ffee000001";
    let arn = format!("arn:aws:iam::{}:role/{role}", site.account);
    let request = Fields::default()
        .text("roleArn", &arn)
        .text("roleSessionName", session);
    let credentials = Fields::default()
        .text(
            "accessKeyId",
            format!("ASIA{}EXAMPLE", token(&at.to_string(), 9, UPPER)),
        )
        .text("sessionToken", "EXAMPLETOKEN")
        .text("expiration", java_date(later(at, 6 * HOUR)));
    let assumed = Fields::default()
        .text(
            "assumedRoleId",
            format!("{}:{session}", principal_id("AROA", site, role)),
        )
        .text(
            "arn",
            format!(
                "arn:aws:sts::{}:assumed-role/{role}/{session}",
                site.account
            ),
        );
    let response = Fields::default()
        .group("credentials", credentials)
        .group("assumedRoleUser", assumed);
    let mut record = Record::call(EC2, ASSUME_ROLE, site, at)
        .asking(request)
        .answering(response);
    record.resources = Some(vec![Resource {
        account: site.account,
        kind: "AWS::IAM::Role",
        arn,
    }]);
    vec![record]
}

/// The operator looks at an instance.
fn instances_are_described(site: Site, at: Timestamp) -> Vec<Record> {
    let instance = Fields::default().text("instanceId", "i-0feedc0ffee000001");
    let request = Fields::default()
        .group(
            "instancesSet",
            Fields::default().list("items", vec![instance]),
        )
        .group("filterSet", Fields::default());
    vec![Record::call(operator_of(site), DESCRIBE_INSTANCES, site, at).asking(request)]
}

/// The web servers check who they are.
fn caller_asks_who_it_is(site: Site, at: Timestamp) -> Vec<Record> {
    vec![Record::call(WEB_FRONTEND, GET_CALLER_IDENTITY, site, at)]
}

/// The web servers read an encrypted parameter.
fn parameter_is_read(site: Site, at: Timestamp) -> Vec<Record> {
    let name = "/web/feature-flags";
    let request = Fields::default()
        .text("name", name)
        .flag("withDecryption", true);
    let arn = format!(
        "arn:aws:ssm:{}:{}:parameter{name}",
        site.region, site.account
    );
    let context = Fields::default().text("PARAMETER_ARN", arn);
    let key = Key {
        site,
        label: "aws/ssm",
    };
    let internally = WEB_FRONTEND.through("AWS Internal");
    let decryption = encryption(internally, DECRYPT, key, at).in_context(context);
    vec![
        Record::call(WEB_FRONTEND, GET_PARAMETER, site, at).asking(request),
        decryption,
    ]
}

/// The operator lists the secrets.
fn secrets_are_listed(site: Site, at: Timestamp) -> Vec<Record> {
    let request = Fields::default().number("maxResults", 100);
    vec![Record::call(operator_of(site), LIST_SECRETS, site, at).asking(request)]
}

/// The deployment looks at the log groups.
fn log_groups_are_described(site: Site, at: Timestamp) -> Vec<Record> {
    let deployment = Actor::role(
        "deployment-pipeline",
        "release-1482",
        "192.0.2.66",
        PYTHON_SDK,
    );
    let request = Fields::default().text("logGroupNamePrefix", "/web/");
    vec![Record::call(deployment, DESCRIBE_LOG_GROUPS, site, at).asking(request)]
}

/// The operator looks at the alarms.
fn alarms_are_described(site: Site, at: Timestamp) -> Vec<Record> {
    let request = Fields::default()
        .number("maxRecords", 50)
        .text("stateValue", "ALARM");
    vec![Record::call(operator_of(site), DESCRIBE_ALARMS, site, at).asking(request)]
}

/// The operator signs in to the console.
fn user_signs_in(site: Site, at: Timestamp) -> Vec<Record> {
    let person = Actor {
        agent: BROWSER,
        ..operator_of(site)
    };
    let mut record = Record::call(person, CONSOLE_LOGIN, site, at)
        .answering(Fields::default().text("ConsoleLogin", "Success"));
    record.additional_event_data = Some(
        Fields::default()
            .text("LoginTo", "https://console.aws.amazon.com/console/home")
            .text("MobileVersion", "No")
            .text("MFAUsed", "Yes"),
    );
    record.user_identity.access_key_id = None;
    record.request_id = None;
    record.event_type = "AwsConsoleSignIn";
    vec![record]
}

// ---------------------------------------------------------------------------------------------
// People, places and things
// ---------------------------------------------------------------------------------------------

/// An account in a region: the place of a call, and the folder of its records.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Site {
    /// The number of the account.
    account: &'static str,
    /// The name of the region.
    region: &'static str,
}

impl fmt::Display for Site {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.account, self.region)
    }
}

/// A secret of Secrets Manager.
#[derive(Clone, Copy)]
struct Secret {
    /// Where the secret lives.
    site: Site,
    /// The name its creator gave it.
    name: &'static str,
}

impl Secret {
    /// Returns the full ARN, with the six characters that Secrets Manager appends.
    fn arn(self) -> String {
        let Secret {
            site: Site { account, region },
            name,
        } = self;
        let suffix = token(&format!("{region} {account} {name}"), 6, ALPHANUMERIC);
        format!("arn:aws:secretsmanager:{region}:{account}:secret:{name}-{suffix}")
    }
}

/// A key of KMS.
#[derive(Clone, Copy)]
struct Key {
    /// Where the key lives.
    site: Site,
    /// A label from which the identifier of the key follows.
    label: &'static str,
}

impl Key {
    /// Returns the identifier of the key.
    fn id(self) -> String {
        uuid(&format!("key {} {}", self.site, self.label))
    }

    /// Returns the ARN of the key.
    fn arn(self) -> String {
        format!(
            "arn:aws:kms:{}:{}:key/{}",
            self.site.region,
            self.site.account,
            self.id()
        )
    }
}

/// Somebody who calls AWS.
#[derive(Clone, Copy)]
struct Actor {
    /// Under which identity the call is made.
    principal: Principal,
    /// The address the call comes from.
    address: &'static str,
    /// The program that makes the call.
    agent: &'static str,
    /// The service that makes the call in the name of the principal.
    invoked_by: Option<&'static str>,
}

/// The kinds of identity that occur in the sample.
#[derive(Clone, Copy)]
enum Principal {
    /// A user of IAM.
    User {
        /// The name of the user.
        name: &'static str,
    },
    /// A session of a role.
    Role {
        /// The name of the role.
        name: &'static str,
        /// The name of the session.
        session: &'static str,
    },
    /// An AWS service acting for itself.
    Service,
}

impl Actor {
    /// Returns a user of IAM.
    const fn user(name: &'static str, address: &'static str, agent: &'static str) -> Actor {
        Actor {
            principal: Principal::User { name },
            address,
            agent,
            invoked_by: None,
        }
    }

    /// Returns a session of a role.
    const fn role(
        name: &'static str,
        session: &'static str,
        address: &'static str,
        agent: &'static str,
    ) -> Actor {
        Actor {
            principal: Principal::Role { name, session },
            address,
            agent,
            invoked_by: None,
        }
    }

    /// Returns a service that acts for itself.
    const fn service(name: &'static str) -> Actor {
        Actor {
            principal: Principal::Service,
            address: name,
            agent: name,
            invoked_by: Some(name),
        }
    }

    /// Returns the same identity used by a service.
    const fn through(self, service: &'static str) -> Actor {
        Actor {
            address: service,
            agent: service,
            invoked_by: Some(service),
            ..self
        }
    }

    /// Returns the identity as CloudTrail records it for a call at a moment.
    fn identity(self, site: Site, at: Timestamp) -> Identity {
        let identity = match self.principal {
            Principal::User { name } => self.user_identity(name, site, at),
            Principal::Role { name, session } => role_identity(name, session, site, at),
            Principal::Service => Identity {
                kind: Some("AWSService"),
                ..Identity::default()
            },
        };
        Identity {
            invoked_by: self.invoked_by,
            ..identity
        }
    }

    /// Returns the identity of a user, with a short-lived session if a service makes the call.
    fn user_identity(self, name: &'static str, site: Site, at: Timestamp) -> Identity {
        let direct = self.invoked_by.is_none();
        let key = if direct {
            access_key("AKIA", name)
        } else {
            access_key("ASIA", &format!("{name} {at}"))
        };
        Identity {
            kind: Some("IAMUser"),
            principal_id: Some(principal_id("AIDA", site, name)),
            arn: Some(format!("arn:aws:iam::{}:user/{name}", site.account)),
            account_id: Some(site.account),
            access_key_id: Some(key),
            user_name: Some(name),
            session_context: (!direct).then(|| SessionContext::new(SessionIssuer::default(), at)),
            invoked_by: None,
        }
    }
}

/// Returns the identity of a session of a role, which began at the full hour.
fn role_identity(name: &'static str, session: &'static str, site: Site, at: Timestamp) -> Identity {
    let principal = principal_id("AROA", site, name);
    let began = earlier_multiple(at, HOUR);
    let issuer = SessionIssuer {
        kind: Some("Role"),
        principal_id: Some(principal.clone()),
        arn: Some(format!("arn:aws:iam::{}:role/{name}", site.account)),
        account_id: Some(site.account),
        user_name: Some(name),
    };
    Identity {
        kind: Some("AssumedRole"),
        principal_id: Some(format!("{principal}:{session}")),
        arn: Some(format!(
            "arn:aws:sts::{}:assumed-role/{name}/{session}",
            site.account
        )),
        account_id: Some(site.account),
        access_key_id: Some(access_key("ASIA", &format!("{name} {began}"))),
        session_context: Some(SessionContext::new(issuer, began)),
        ..Identity::default()
    }
}

/// Returns the identifier of a user or a role.
fn principal_id(prefix: &str, site: Site, name: &str) -> String {
    format!(
        "{prefix}{}EXAMPLE",
        token(&format!("{} {name}", site.account), 10, UPPER)
    )
}

/// Returns an access key that can be seen to be an example.
fn access_key(prefix: &str, seed: &str) -> String {
    format!("{prefix}{}EXAMPLE", token(seed, 9, UPPER))
}

/// An operation of a service.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Operation {
    /// The first word of the service's host name.
    service: &'static str,
    /// The name of the operation.
    name: &'static str,
    /// Whether it only reads.
    read_only: bool,
}

impl Operation {
    /// Returns an operation that only reads.
    const fn reads(service: &'static str, name: &'static str) -> Operation {
        Operation {
            service,
            name,
            read_only: true,
        }
    }

    /// Returns an operation that changes something.
    const fn writes(service: &'static str, name: &'static str) -> Operation {
        Operation {
            service,
            name,
            read_only: false,
        }
    }
}

/// Why a call was refused.
#[derive(Clone)]
struct Refusal {
    /// The name of the exception.
    code: &'static str,
    /// Its text.
    message: String,
}

impl Refusal {
    /// Returns a refusal.
    fn new(code: &'static str, message: impl Into<String>) -> Refusal {
        Refusal {
            code,
            message: message.into(),
        }
    }

    /// Returns the refusal that Secrets Manager gives while a secret is pending deletion.
    fn marked_for_deletion() -> Refusal {
        Refusal::new(
            "InvalidRequestException",
            "You can't perform this operation on the secret because it was marked for deletion.",
        )
    }
}

// ---------------------------------------------------------------------------------------------
// The record
// ---------------------------------------------------------------------------------------------

/// A CloudTrail record, its fields in CloudTrail's own order.
#[derive(Clone, serde::Serialize)]
#[serde(rename_all = "camelCase")]
struct Record {
    event_version: &'static str,
    user_identity: Identity,
    event_time: String,
    event_source: String,
    event_name: &'static str,
    aws_region: &'static str,
    #[serde(rename = "sourceIPAddress")]
    source_ip_address: &'static str,
    user_agent: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_code: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_message: Option<String>,
    request_parameters: Option<Fields>,
    response_elements: Option<Fields>,
    #[serde(skip_serializing_if = "Option::is_none")]
    additional_event_data: Option<Fields>,
    #[serde(rename = "requestID", skip_serializing_if = "Option::is_none")]
    request_id: Option<String>,
    #[serde(rename = "eventID")]
    event_id: String,
    read_only: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    resources: Option<Vec<Resource>>,
    event_type: &'static str,
    management_event: bool,
    recipient_account_id: &'static str,
    event_category: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    addendum: Option<Fields>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tls_details: Option<Fields>,
    /// Where the call was made.
    #[serde(skip)]
    site: Site,
    /// When the call was made.
    #[serde(skip)]
    at: Timestamp,
    /// How the record is written.
    #[serde(skip)]
    spelling: Spelling,
}

/// How a record is written as text.
#[derive(Clone, Copy)]
enum Spelling {
    /// Only what must be escaped is escaped.
    Plain,
    /// The equals sign and the apostrophe are escaped too, as some JSON writers do.
    Escaped,
}

impl Record {
    /// Returns a call that succeeded, without parameters.
    ///
    /// The identifiers follow from the content, so a new scene does not change those of the others.
    fn call(actor: Actor, operation: Operation, site: Site, at: Timestamp) -> Record {
        let user_identity = actor.identity(site, at);
        let seed = format!(
            "{site} {at} {} {:?} {:?}",
            operation.name, user_identity.principal_id, user_identity.invoked_by
        );
        let host = format!("{}.{}.amazonaws.com", operation.service, site.region);
        Record {
            event_version: "1.10",
            user_identity,
            event_time: at.to_string(),
            event_source: format!("{}.amazonaws.com", operation.service),
            event_name: operation.name,
            aws_region: site.region,
            source_ip_address: actor.address,
            user_agent: actor.agent,
            error_code: None,
            error_message: None,
            request_parameters: None,
            response_elements: None,
            additional_event_data: None,
            request_id: Some(uuid(&format!("request {seed}"))),
            event_id: uuid(&format!("event {seed}")),
            read_only: operation.read_only,
            resources: None,
            event_type: "AwsApiCall",
            management_event: true,
            recipient_account_id: site.account,
            event_category: "Management",
            addendum: None,
            // A call that a service makes has no connection of the caller's own to describe.
            tls_details: actor.invoked_by.is_none().then(|| tls_details(host)),
            site,
            at,
            spelling: Spelling::Plain,
        }
    }

    /// Returns an event of Secrets Manager itself that concerns a secret.
    fn of_secret(name: &'static str, secret: Secret, at: Timestamp) -> Record {
        let operation = Operation::writes("secretsmanager", name);
        let call = Record::call(Actor::service(SECRETS_MANAGER), operation, secret.site, at);
        let identity = Identity {
            account_id: Some(secret.site.account),
            invoked_by: Some(SECRETS_MANAGER),
            ..Identity::default()
        };
        Record {
            event_version: "1.09",
            user_identity: identity,
            additional_event_data: Some(
                Fields::default()
                    .text("ARN", secret.arn())
                    .text("Name", secret.name),
            ),
            event_type: "AwsServiceEvent",
            ..call
        }
    }

    /// Sets the parameters of the request.
    fn asking(self, parameters: Fields) -> Record {
        Record {
            request_parameters: Some(parameters),
            ..self
        }
    }

    /// Adds the encryption context, which tells what a key protects, to the request.
    fn in_context(self, context: Fields) -> Record {
        let parameters = self.request_parameters.clone().unwrap_or_default();
        self.asking(parameters.group("encryptionContext", context))
    }

    /// Sets the elements of the response.
    fn answering(self, elements: Fields) -> Record {
        Record {
            response_elements: Some(elements),
            ..self
        }
    }

    /// Turns the call into one that was refused.
    fn refused(self, refusal: Refusal) -> Record {
        Record {
            error_code: Some(refusal.code),
            error_message: Some(refusal.message),
            ..self
        }
    }

    /// Names the key that the call is about.
    fn using(self, key: Key) -> Record {
        let resource = Resource {
            account: key.site.account,
            kind: "AWS::KMS::Key",
            arn: key.arn(),
        };
        Record {
            resources: Some(vec![resource]),
            ..self
        }
    }

    /// Sets how the record is written.
    fn spelled(self, spelling: Spelling) -> Record {
        Record { spelling, ..self }
    }

    /// Returns the secret as the caller named it.
    fn secret_id(&self) -> &str {
        let parameters = self.request_parameters.as_ref();
        parameters
            .and_then(|fields| fields.text_of("secretId"))
            .unwrap_or_default()
    }

    /// Returns the record as JSON text on one line.
    fn text(&self) -> Result<String, serde_json::Error> {
        let text = serde_json::to_string(self)?;
        Ok(match self.spelling {
            Spelling::Plain => text,
            // Neither character has a meaning in JSON outside a string.
            Spelling::Escaped => text.replace('=', "\\u003d").replace('\'', "\\u0027"),
        })
    }
}

/// Returns what CloudTrail notes about the connection of a caller.
fn tls_details(host: String) -> Fields {
    Fields::default()
        .text("tlsVersion", "TLSv1.3")
        .text("cipherSuite", "TLS_AES_128_GCM_SHA256")
        .text("clientProvidedHostHeader", host)
}

/// The identity of a caller, its fields as CloudTrail names them.
#[derive(Clone, Default, serde::Serialize)]
#[serde(rename_all = "camelCase")]
struct Identity {
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    kind: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    principal_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    arn: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    account_id: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    access_key_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_name: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    session_context: Option<SessionContext>,
    #[serde(skip_serializing_if = "Option::is_none")]
    invoked_by: Option<&'static str>,
}

impl Identity {
    /// Returns who is accountable: the role behind a session, the user, or the service.
    fn accountable(&self) -> &str {
        let role = self
            .session_context
            .as_ref()
            .and_then(|session| session.session_issuer.arn.as_deref());
        role.or(self.arn.as_deref())
            .or(self.invoked_by)
            .unwrap_or_default()
    }
}

/// The session in which a temporary key is used.
#[derive(Clone, serde::Serialize)]
#[serde(rename_all = "camelCase")]
struct SessionContext {
    session_issuer: SessionIssuer,
    web_id_federation_data: Fields,
    attributes: Fields,
}

impl SessionContext {
    /// Returns a session without a second factor.
    fn new(session_issuer: SessionIssuer, began: Timestamp) -> SessionContext {
        let attributes = Fields::default()
            .text("creationDate", began.to_string())
            .text("mfaAuthenticated", "false");
        SessionContext {
            session_issuer,
            web_id_federation_data: Fields::default(),
            attributes,
        }
    }
}

/// The role behind a session, or nothing for the session of a user.
#[derive(Clone, Default, serde::Serialize)]
#[serde(rename_all = "camelCase")]
struct SessionIssuer {
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    kind: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    principal_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    arn: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    account_id: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_name: Option<&'static str>,
}

/// A resource that a call is about.
#[derive(Clone, serde::Serialize)]
struct Resource {
    #[serde(rename = "accountId")]
    account: &'static str,
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(rename = "ARN")]
    arn: String,
}

/// A JSON object that keeps the order in which its fields were added.
#[derive(Clone, Default)]
struct Fields {
    /// The fields in their order.
    fields: Vec<Field>,
}

/// A named value.
#[derive(Clone)]
struct Field {
    /// The name.
    name: &'static str,
    /// The value.
    value: Value,
}

/// The kinds of JSON value that occur in free-form fields.
#[derive(Clone, serde::Serialize)]
#[serde(untagged)]
enum Value {
    /// Nothing.
    Null,
    /// A string.
    Text(String),
    /// A whole number.
    Number(i64),
    /// True or false.
    Flag(bool),
    /// An object.
    Group(Fields),
    /// A list of objects.
    List(Vec<Fields>),
}

impl Fields {
    /// Adds a string.
    fn text(self, name: &'static str, value: impl Into<String>) -> Fields {
        self.with(name, Value::Text(value.into()))
    }

    /// Adds a number.
    fn number(self, name: &'static str, value: i64) -> Fields {
        self.with(name, Value::Number(value))
    }

    /// Adds true or false.
    fn flag(self, name: &'static str, value: bool) -> Fields {
        self.with(name, Value::Flag(value))
    }

    /// Adds an object.
    fn group(self, name: &'static str, value: Fields) -> Fields {
        self.with(name, Value::Group(value))
    }

    /// Adds a list of objects.
    fn list(self, name: &'static str, value: Vec<Fields>) -> Fields {
        self.with(name, Value::List(value))
    }

    /// Adds several fields without a value.
    fn nulls(self, names: &[&'static str]) -> Fields {
        names
            .iter()
            .fold(self, |fields, name| fields.with(name, Value::Null))
    }

    /// Adds a value.
    fn with(mut self, name: &'static str, value: Value) -> Fields {
        self.fields.push(Field { name, value });
        self
    }

    /// Returns the string of that name.
    fn text_of(&self, name: &str) -> Option<&str> {
        self.fields.iter().find_map(|field| match &field.value {
            Value::Text(text) if field.name == name => Some(text.as_str()),
            _ => None,
        })
    }
}

impl Serialize for Fields {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.fields.len()))?;
        for field in &self.fields {
            map.serialize_entry(field.name, &field.value)?;
        }
        map.end()
    }
}

// ---------------------------------------------------------------------------------------------
// Delivery
// ---------------------------------------------------------------------------------------------

/// The records of the story, sorted into the objects that will hold them.
#[derive(Default)]
struct Ledger {
    /// The records of each delivery.
    deliveries: BTreeMap<Delivery, Vec<Record>>,
}

/// One delivery of one trail.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Delivery {
    /// Where the records come from.
    site: Site,
    /// The minute in the name of the object.
    minute: Timestamp,
    /// Which trail delivers.
    trail: Trail,
}

/// The trails that write into the bucket.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Trail {
    /// The trail that delivers everything.
    Main,
    /// A second trail, of which the archive holds one object.
    Second,
}

impl Ledger {
    /// Adds a record that is delivered two to seven minutes after the call.
    fn add(&mut self, record: Record) {
        let minute = later(
            earlier_multiple(later(record.at, 2 * MINUTE - 1), 5 * MINUTE),
            5 * MINUTE,
        );
        self.insert(record, minute);
    }

    /// Adds several records that are delivered in time.
    fn add_all(&mut self, records: Vec<Record>) {
        for record in records {
            self.add(record);
        }
    }

    /// Adds a record that is delivered long after the call, and says so as CloudTrail does.
    fn add_late(&mut self, record: Record, minute: Timestamp) {
        let addendum = Fields::default().text("reason", "DELIVERY_DELAY");
        self.insert(
            Record {
                addendum: Some(addendum),
                ..record
            },
            minute,
        );
    }

    /// Adds a record to the delivery of a minute.
    fn insert(&mut self, record: Record, minute: Timestamp) {
        let delivery = Delivery {
            site: record.site,
            minute,
            trail: Trail::Main,
        };
        self.deliveries.entry(delivery).or_default().push(record);
    }
}

/// An object with records.
struct LogObject {
    /// How it came into the bucket.
    delivery: Delivery,
    /// What it holds.
    records: Vec<Record>,
}

impl LogObject {
    /// Returns the object as it lies in the bucket.
    fn stored(&self) -> Result<StoredObject, serde_json::Error> {
        let texts = self
            .records
            .iter()
            .map(Record::text)
            .collect::<Result<Vec<_>, _>>()?;
        let text = format!("{{\"Records\":[{}]}}", texts.join(","));
        let Delivery {
            site,
            minute,
            trail,
        } = self.delivery;
        let seed = match trail {
            Trail::Main => format!("{site} {minute}"),
            Trail::Second => format!("{site} {minute} second trail"),
        };
        Ok(StoredObject {
            key: log_key(site, "CloudTrail", minute, &seed),
            text,
        })
    }
}

/// An object as it lies in the bucket.
struct StoredObject {
    /// The key below the bucket.
    key: String,
    /// The text before compression.
    text: String,
}

/// Turns the ledger into objects and adds the one that the second trail delivered.
///
/// Inside an object the records are not in time order, because CloudTrail does not promise it.
fn deliver(ledger: Ledger) -> Result<Vec<LogObject>, Box<dyn Error>> {
    let mut deliveries = ledger.deliveries;
    for records in deliveries.values_mut() {
        records.sort_by(|one, other| one.event_id.cmp(&other.event_id));
    }
    refuse_shared_identifiers(deliveries.values().flatten())?;
    let original = Delivery {
        site: SHOP_US,
        minute: march(3, "10:45:00")?,
        trail: Trail::Main,
    };
    let copied = deliveries
        .get(&original)
        .ok_or("no object for the second trail to repeat")?
        .clone();
    let copy = Delivery {
        minute: march(3, "10:50:00")?,
        trail: Trail::Second,
        ..original
    };
    deliveries.insert(copy, copied);
    Ok(deliveries
        .into_iter()
        .map(|(delivery, records)| LogObject { delivery, records })
        .collect())
}

/// Fails if two different records received the same identifier.
fn refuse_shared_identifiers<'a>(records: impl Iterator<Item = &'a Record>) -> Outcome {
    let mut seen = BTreeSet::new();
    for record in records {
        if !seen.insert(&record.event_id) {
            let Record {
                event_name,
                event_time,
                ..
            } = record;
            return Err(
                format!("two records of {event_name} at {event_time} share an identifier").into(),
            );
        }
    }
    Ok(())
}

/// Returns the key of an object whose name has the form that logs and Insights share.
fn log_key(site: Site, kind: &str, minute: Timestamp, seed: &str) -> String {
    let Site { account, region } = site;
    let day = minute.strftime("%Y/%m/%d");
    let stamp = minute.strftime("%Y%m%dT%H%MZ");
    let unique = token(seed, 16, ALPHANUMERIC);
    format!(
        "AWSLogs/{account}/{kind}/{region}/{day}/{account}_{kind}_{region}_{stamp}_{unique}.json.gz"
    )
}

/// Returns the objects that lie beside the logs and hold no records of calls.
fn companion_objects() -> Result<Vec<StoredObject>, Box<dyn Error>> {
    Ok(vec![digest(SHOP_US)?, digest(REPORTS_EU)?, insight()?])
}

/// Returns the digest of an hour without deliveries, the first of its chain.
fn digest(site: Site) -> Result<StoredObject, Box<dyn Error>> {
    let Site { account, region } = site;
    let end = march(2, "01:00:00")?;
    let day = end.strftime("%Y/%m/%d");
    let stamp = end.strftime("%Y%m%dT%H%M%SZ");
    let key = format!(
        "AWSLogs/{account}/CloudTrail-Digest/{region}/{day}/\
         {account}_CloudTrail-Digest_{region}_main-trail_us-east-1_{stamp}.json.gz"
    );
    let digest = Fields::default()
        .text("awsAccountId", account)
        .text("digestStartTime", march(2, "00:00:00")?.to_string())
        .text("digestEndTime", end.to_string())
        .text("digestS3Bucket", "example-cloudtrail-bucket")
        .text("digestS3Object", &key)
        .text(
            "digestPublicKeyFingerprint",
            uuid(&format!("fingerprint {site}")).replace('-', ""),
        )
        .text("digestSignatureAlgorithm", "SHA256withRSA")
        .nulls(&["newestEventTime", "oldestEventTime"])
        .nulls(&[
            "previousDigestS3Bucket",
            "previousDigestS3Object",
            "previousDigestHashValue",
        ])
        .nulls(&["previousDigestHashAlgorithm", "previousDigestSignature"])
        .list("logFiles", Vec::new());
    Ok(StoredObject {
        key,
        text: serde_json::to_string(&digest)?,
    })
}

/// Returns the object in which CloudTrail Insights remarks on the failing batch job.
fn insight() -> Result<StoredObject, Box<dyn Error>> {
    let minute = march(3, "11:10:00")?;
    let details = Fields::default()
        .text("state", "Start")
        .text("eventSource", SECRETS_MANAGER)
        .text("eventName", GET_SECRET_VALUE.name)
        .text("insightType", "ApiErrorRateInsight")
        .text("errorCode", "InvalidRequestException")
        .group("insightContext", insight_statistics());
    let record = Fields::default()
        .text("eventVersion", "1.09")
        .text("eventTime", march(3, "10:38:00")?.to_string())
        .text("awsRegion", SHOP_US.region)
        .text("eventID", uuid("event of the insight"))
        .text("eventType", "AwsCloudTrailInsight")
        .text("recipientAccountId", SHOP_US.account)
        .text("sharedEventID", uuid("start and end of the insight"))
        .group("insightDetails", details)
        .text("eventCategory", "Insight");
    let text = serde_json::to_string(&Fields::default().list("Records", vec![record]))?;
    Ok(StoredObject {
        key: log_key(SHOP_US, "CloudTrail-Insight", minute, "insight"),
        text,
    })
}

/// Returns the numbers with which Insights explains itself.
fn insight_statistics() -> Fields {
    let average = |value| Fields::default().number("average", value);
    let statistics = Fields::default()
        .group("baseline", average(0))
        .group("insight", average(1))
        .number("insightDuration", 1)
        .number("baselineDuration", 10080);
    Fields::default().group("statistics", statistics)
}

/// Removes an earlier sample, and refuses to remove anything else.
fn clear(logs: &Path) -> Outcome {
    if !logs.exists() {
        return Ok(());
    }
    for entry in fs::read_dir(logs)? {
        let name = entry?.file_name();
        if name != SHOP && name != REPORTS {
            return Err(format!("{} holds something other than the sample", logs.display()).into());
        }
    }
    Ok(fs::remove_dir_all(logs)?)
}

/// Writes an object, compressed and without a time stamp in its header.
fn write_object(folder: &Path, object: &StoredObject) -> Outcome {
    let path = folder.join(&object.key);
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    let mut encoder = GzBuilder::new()
        .mtime(0)
        .write(File::create(path)?, Compression::best());
    encoder.write_all(object.text.as_bytes())?;
    encoder.finish()?;
    Ok(())
}

// ---------------------------------------------------------------------------------------------
// The answer
// ---------------------------------------------------------------------------------------------

/// A question that AWS's alarm pages teach to ask of each record.
struct Rule {
    /// What the rule is called here.
    name: &'static str,
    /// The pattern of CloudWatch Logs that it stands for.
    pattern: &'static str,
    /// Whether a record matches the pattern.
    matches: fn(&Record) -> bool,
    /// What the record wanted to use, as it is written there.
    target: fn(&Record) -> String,
}

/// The two rules.
const RULES: [Rule; 2] = [
    Rule {
        name: "secrets",
        pattern: "{ $.eventName = \"GetSecretValue\" && \
                  $.errorMessage = \"*secret because it was marked for deletion*\" }",
        matches: |record| {
            record.event_name == "GetSecretValue"
                && message_of(record).contains("secret because it was marked for deletion")
        },
        target: |record| format!("{}  {}", record.site, record.secret_id()),
    },
    Rule {
        name: "keys",
        pattern: "{ $.eventSource = kms* && $.errorMessage = \"* is pending deletion.\" }",
        matches: |record| {
            record.event_source.starts_with("kms")
                && message_of(record).ends_with(" is pending deletion.")
        },
        target: key_arn,
    },
];

/// Returns the error message, or nothing if the call succeeded.
fn message_of(record: &Record) -> &str {
    record.error_message.as_deref().unwrap_or_default()
}

/// Returns the ARN of the key that the call is about.
fn key_arn(record: &Record) -> String {
    record
        .resources
        .iter()
        .flatten()
        .map(|resource| resource.arn.as_str())
        .collect()
}

/// What a rule finds in the archive.
#[derive(Default)]
struct Answer<'a> {
    /// The identifiers of the matching records.
    unique: BTreeSet<&'a str>,
    /// How many matching records repeat one that was counted.
    duplicates: usize,
    /// The unique attempts on each target.
    by_target: BTreeMap<String, usize>,
    /// The unique attempts of each principal.
    by_principal: BTreeMap<&'a str, usize>,
}

impl<'a> Answer<'a> {
    /// Asks the rule of every record.
    fn of(rule: &Rule, logs: &'a [LogObject]) -> Answer<'a> {
        let mut answer = Answer::default();
        for record in all_records(logs).filter(|record| (rule.matches)(record)) {
            answer.count(record, (rule.target)(record));
        }
        answer
    }

    /// Counts a matching record.
    fn count(&mut self, record: &'a Record, target: String) {
        if self.unique.insert(&record.event_id) {
            *self.by_target.entry(target).or_default() += 1;
            *self
                .by_principal
                .entry(record.user_identity.accountable())
                .or_default() += 1;
        } else {
            self.duplicates += 1;
        }
    }
}

/// Returns the records of all objects.
fn all_records(logs: &[LogObject]) -> impl Iterator<Item = &Record> {
    logs.iter().flat_map(|log| &log.records)
}

/// Prints what was written and what an audit of it must find.
fn print_summary(logs: &[LogObject], companions: &[StoredObject]) -> Outcome {
    let mut out = io::stdout().lock();
    let records = all_records(logs).count();
    let unique = all_records(logs)
        .map(|record| &record.event_id)
        .collect::<BTreeSet<_>>()
        .len();
    writeln!(out, "{} objects with logs", logs.len())?;
    writeln!(
        out,
        "{} objects beside them (2 digests, 1 Insights)",
        companions.len()
    )?;
    writeln!(
        out,
        "{records} records, {unique} of them unique, {} repeated",
        records - unique
    )?;
    for rule in &RULES {
        print_answer(&mut out, rule, &Answer::of(rule, logs))?;
    }
    Ok(())
}

/// Prints what one rule finds.
fn print_answer(out: &mut impl Write, rule: &Rule, answer: &Answer<'_>) -> io::Result<()> {
    let Answer {
        unique,
        duplicates,
        by_target,
        by_principal,
    } = answer;
    writeln!(
        out,
        "\n{}: {} attempts and {duplicates} duplicates",
        rule.name,
        unique.len()
    )?;
    writeln!(out, "  {}", rule.pattern)?;
    for (target, attempts) in by_target {
        writeln!(out, "  {attempts:>3}  {target}")?;
    }
    for (principal, attempts) in by_principal {
        writeln!(out, "  {attempts:>3}  {principal}")?;
    }
    Ok(())
}

// ---------------------------------------------------------------------------------------------
// Time and invented identifiers
// ---------------------------------------------------------------------------------------------

/// The seconds of a minute.
const MINUTE: i64 = 60;

/// The seconds of an hour.
const HOUR: i64 = 60 * MINUTE;

/// The seconds of a day.
const DAY: i64 = 24 * HOUR;

/// The characters of identifiers in capitals. They leave out those that are mistaken for others.
const UPPER: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZ234567";

/// The characters of suffixes and of object names.
const ALPHANUMERIC: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// Returns a moment of March 2026, in UTC.
fn march(day: u8, clock: &str) -> Result<Timestamp, jiff::Error> {
    format!("2026-03-{day:02}T{clock}Z").parse()
}

/// Returns the moment some seconds later.
fn later(at: Timestamp, seconds: i64) -> Timestamp {
    at.saturating_add(SignedDuration::from_secs(seconds))
        .unwrap_or(Timestamp::MAX)
}

/// Returns the last moment not after this one that is a multiple of some seconds.
fn earlier_multiple(at: Timestamp, seconds: i64) -> Timestamp {
    later(at, -at.as_second().rem_euclid(seconds))
}

/// Writes a moment as CloudTrail writes dates inside a response.
fn java_date(at: Timestamp) -> String {
    at.strftime("%b %-d, %Y, %-I:%M:%S %p").to_string()
}

/// Returns an identifier in the form of a version 4 UUID that follows from a seed.
fn uuid(seed: &str) -> String {
    let high = hash(seed);
    let low = mix(high);
    let version = 0x4000 | (high & 0x0fff);
    let variant = 0x8000 | (low >> 48 & 0x3fff);
    let node = low & 0xffff_ffff_ffff;
    format!(
        "{:08x}-{:04x}-{version:04x}-{variant:04x}-{node:012x}",
        high >> 32,
        high >> 16 & 0xffff
    )
}

/// Returns characters of an alphabet that follow from a seed.
fn token(seed: &str, length: usize, alphabet: &[u8]) -> String {
    let mut state = hash(seed);
    let mut next = || {
        state = mix(state);
        let place = usize::from(state.to_le_bytes()[7]) * alphabet.len() / 256;
        char::from(alphabet[place])
    };
    (0..length).map(|_| next()).collect()
}

/// Returns a number that follows from a text (FNV-1a, then mixed so that short texts spread).
fn hash(text: &str) -> u64 {
    let fold = |state: u64, byte: u8| (state ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    mix(text.bytes().fold(0xcbf2_9ce4_8422_2325, fold))
}

/// Returns the next number of a sequence without visible pattern (splitmix64).
fn mix(state: u64) -> u64 {
    let state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    state ^ (state >> 31)
}

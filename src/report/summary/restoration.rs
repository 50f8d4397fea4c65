//! Undoing a deletion: the command that restores a secret or key, or the reason why there is none.

use std::fmt;

use crate::cloudtrail::lifecycle::resource::Arn;
use crate::cloudtrail::lifecycle::{Resource, ResourceKind};
use crate::language::{Argument, Message};
use crate::report::story::{Story, Verdict};

/// The way to restore a secret or key at the end of the archive, or the reason why there is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Restoration {
    /// It can still be restored, by this command.
    Command(RestoreCommand),
    /// It can still be restored, but no command can take its name safely.
    UnsafeName,
    /// It was restored.
    Restored,
    /// It was deleted.
    Deleted,
    /// It is a replica, which is deleted at once.
    Replica,
    /// Its window ended.
    WindowEnded,
    /// The archive does not show its state.
    Unknown,
}

/// A command of the AWS CLI that restores a secret or key. Its words need no quotes in any shell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RestoreCommand {
    /// The command and its options, each with its value.
    pub parts: Vec<Vec<String>>,
    /// The account in which it must run, if what it restores has no ARN that says so.
    pub account: Option<String>,
    /// True if Git Bash would change the name into a path.
    pub looks_like_path: bool,
    /// True if what is restored is disabled until someone enables it.
    pub leaves_disabled: bool,
}

impl Restoration {
    pub(super) fn from_story(story: &Story) -> Self {
        match story.verdict {
            Verdict::PendingInUse { .. }
            | Verdict::Pending { .. }
            | Verdict::AwaitsReplicas { .. } => Self::of_pending(&story.resource),
            Verdict::WindowEnded { .. } => Self::WindowEnded,
            Verdict::DeletedInUse { .. } | Verdict::Deleted | Verdict::Forced { .. } => {
                Self::Deleted
            }
            Verdict::ReplicaDeleted { .. } => Self::Replica,
            Verdict::RestoredInUse { .. } | Verdict::Restored { .. } => Self::Restored,
            Verdict::Unscheduled { .. } | Verdict::EndMissing { .. } => Self::Unknown,
        }
    }

    fn of_pending(resource: &Resource) -> Self {
        let command = RestoreCommand::new(resource);
        command.map_or(Self::UnsafeName, Self::Command)
    }

    /// Returns the command, if there is one.
    pub fn command(&self) -> Option<&RestoreCommand> {
        match self {
            Self::Command(command) => Some(command),
            _ => None,
        }
    }

    /// Returns whether the deletion can still be undone.
    pub fn is_possible(&self) -> bool {
        matches!(self, Self::Command(_) | Self::UnsafeName)
    }

    /// Returns the reason why there is no command, or what to know about the command.
    pub fn remark(&self) -> Option<Message> {
        let id = match self {
            Self::Command(command) => return command.remark(),
            Self::UnsafeName => "restoration-unsafe-name",
            Self::Restored => "restoration-restored",
            Self::Deleted => "restoration-deleted",
            Self::Replica => "restoration-replica",
            Self::WindowEnded => "restoration-window-ended",
            Self::Unknown => "restoration-unknown",
        };
        Some(Message::new(id))
    }
}

impl RestoreCommand {
    /// Returns the command; `None` if the archive does not have the region, or the name is not one
    /// that the service gives, or one that secrets of several accounts may have.
    fn new(resource: &Resource) -> Option<Self> {
        let region = resource.home.region.as_deref()?;
        let account = match is_name_in_account(resource) {
            true => Some(resource.home.account.clone()?),
            false => None,
        };
        let id = &*resource.id;
        if !is_taken(resource.kind, id) || !is_safe(region) {
            return None;
        }
        let (service, operation, option) = call(resource.kind);
        Some(Self {
            parts: vec![
                words(["aws", service, operation]),
                words([option, id]),
                words(["--region", region]),
            ],
            account,
            looks_like_path: looks_like_path(id),
            leaves_disabled: matches!(
                resource.kind,
                ResourceKind::Key | ResourceKind::CertificateAuthority
            ),
        })
    }

    /// Returns what to know before it runs and after it.
    fn remark(&self) -> Option<Message> {
        let mut parts: Vec<Argument> = Vec::new();
        if let Some(account) = &self.account {
            let message = Message::new("restoration-in-account");
            parts.push(message.with("account", &**account).into());
        }
        if self.looks_like_path {
            parts.push(Message::new("restoration-in-git-bash").into());
        }
        if self.leaves_disabled {
            parts.push(Message::new("restoration-leaves-disabled").into());
        }
        (!parts.is_empty()).then(|| Message::joined(" ", parts))
    }
}

impl fmt::Display for RestoreCommand {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.parts.concat().join(" "))
    }
}

fn words<const COUNT: usize>(words: [&str; COUNT]) -> Vec<String> {
    words.map(str::to_owned).to_vec()
}

/// Returns the service and the operation that restore, and the option that names what to restore.
fn call(kind: ResourceKind) -> (&'static str, &'static str, &'static str) {
    match kind {
        ResourceKind::Secret => ("secretsmanager", "restore-secret", "--secret-id"),
        ResourceKind::Key => ("kms", "cancel-key-deletion", "--key-id"),
        ResourceKind::CertificateAuthority => (
            "acm-pca",
            "restore-certificate-authority",
            "--certificate-authority-arn",
        ),
        ResourceKind::PaymentKey => ("payment-cryptography", "restore-key", "--key-identifier"),
    }
}

/// Returns whether the archive has only a name, which another secret may have in another account.
/// The IDs of keys are unique.
fn is_name_in_account(resource: &Resource) -> bool {
    resource.kind == ResourceKind::Secret && Arn::parse(&resource.id).is_none()
}

/// Returns whether Git Bash takes an option's value for a path, or for a list of paths.
fn looks_like_path(word: &str) -> bool {
    word.starts_with('/') || word.contains(":/") || word.contains("=/")
}

/// Returns whether the operation takes the name, and a shell takes it as it is.
fn is_taken(kind: ResourceKind, id: &str) -> bool {
    let arn = Arn::parse(id);
    let is_of_key = arn.is_none_or(|arn| arn.resource.starts_with("key/"));
    is_safe(id)
        && match kind {
            ResourceKind::Secret => true,
            // An alias may have come to mean another key.
            ResourceKind::Key => is_of_key && !id.starts_with("alias/"),
            ResourceKind::PaymentKey => is_of_key && arn.is_some(),
            ResourceKind::CertificateAuthority => arn.is_some(),
        }
}

/// Returns whether a word is an option's value and nothing else in a shell.
fn is_safe(word: &str) -> bool {
    // A leading hyphen would make an option of it, and zsh expands a leading `=`.
    let begins_well = word.starts_with(|sign: char| sign.is_ascii_alphanumeric() || sign == '/');
    // The CLI reads the file that a value with a scheme names.
    let is_file = word.contains("://");
    begins_well && !is_file && word.chars().all(is_plain)
}

fn is_plain(sign: char) -> bool {
    sign.is_ascii_alphanumeric() || "-_./:=@+".contains(sign)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloudtrail::lifecycle::Home;

    fn command(kind: ResourceKind, id: &str) -> Option<String> {
        let home = Home::new(Some("111122223333"), Some("eu-west-1"));
        let command = RestoreCommand::new(&Resource::new(kind, &home, id));
        command.map(|command| command.to_string())
    }

    #[test]
    fn each_kind_has_a_command() {
        let arn = |rest: &str| format!("arn:aws:{rest}");
        for (kind, id, expected) in [
            (
                ResourceKind::Secret,
                "prod/db".to_owned(),
                "aws secretsmanager restore-secret --secret-id prod/db --region eu-west-1",
            ),
            (
                ResourceKind::Key,
                arn("kms:us-east-1:1:key/mrk-1"),
                "aws kms cancel-key-deletion --key-id arn:aws:kms:us-east-1:1:key/mrk-1 --region \
                 us-east-1",
            ),
            (
                ResourceKind::CertificateAuthority,
                arn("acm-pca:us-east-1:1:certificate-authority/a"),
                "aws acm-pca restore-certificate-authority --certificate-authority-arn \
                 arn:aws:acm-pca:us-east-1:1:certificate-authority/a --region us-east-1",
            ),
            (
                ResourceKind::PaymentKey,
                arn("payment-cryptography:us-east-1:1:key/a"),
                "aws payment-cryptography restore-key --key-identifier \
                 arn:aws:payment-cryptography:us-east-1:1:key/a --region us-east-1",
            ),
        ] {
            assert_eq!(command(kind, &id).as_deref(), Some(expected));
        }
    }

    #[test]
    fn a_name_that_is_not_safe_has_no_command() {
        for id in [
            "",
            "a b",
            "--help",
            "=ls",
            "$(id)",
            "a;b",
            "~",
            "é",
            "file:///etc/passwd",
            "a\nb",
            "`id`",
            "a'b",
        ] {
            assert_eq!(command(ResourceKind::Secret, id), None, "{id}");
        }
        assert_eq!(command(ResourceKind::Key, "alias/prod"), None);
        assert_eq!(command(ResourceKind::Key, "arn:aws:kms:r:1:alias/a"), None);
        assert_eq!(command(ResourceKind::CertificateAuthority, "a"), None);
        assert_eq!(command(ResourceKind::PaymentKey, "a"), None);
    }

    #[test]
    fn without_a_region_there_is_no_command() {
        let resource = Resource::new(ResourceKind::Secret, &Home::new(Some("1"), None), "a");
        assert_eq!(RestoreCommand::new(&resource), None);
    }

    fn remark(account: Option<&str>, id: &str) -> Option<String> {
        let home = Home::new(account, Some("eu-west-1"));
        let resource = Resource::new(ResourceKind::Secret, &home, id);
        let remark = Restoration::of_pending(&resource).remark();
        remark.map(|remark| remark.to_string())
    }

    /// A secret of another account may have the same name.
    #[test]
    fn a_name_that_is_not_an_arn_needs_its_account() {
        let in_account = "Run it in account 111122223333: in another account, it restores the \
                          secret that has this name there.";
        let git_bash = "In Git Bash, set MSYS_NO_PATHCONV=1 first, or it takes the name for a \
                        path.";
        let arn =
            |name: &str| format!("arn:aws:secretsmanager:eu-west-1:111122223333:secret:{name}");
        let account = Some("111122223333");
        assert_eq!(remark(account, "prod/db").as_deref(), Some(in_account));
        let both = format!("{in_account} {git_bash}");
        assert_eq!(remark(account, "/prod/db"), Some(both));
        assert_eq!(remark(account, &arn("prod/db-AbCdEf")), None);
        let of_path = remark(account, &arn("/prod/db-AbCdEf"));
        assert_eq!(of_path.as_deref(), Some(git_bash));
        let unsafe_name = remark(None, "prod/db").unwrap_or_default();
        assert!(unsafe_name.contains("no name of it"), "{unsafe_name}");
    }
}

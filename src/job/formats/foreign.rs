//! Files that hold no definitions: the message says what they are, and what to give instead.

use serde_json::Value;

use crate::job::fault::Fault;
use crate::job::found::FileDefinitions;

/// The advice for a configuration of Terraform.
pub(super) const ON_HCL: &str = "this is a configuration of Terraform, whose values are known \
    only to Terraform: run `terraform plan -out=plan` and `terraform show -json plan > plan.json`, \
    and give plan.json";

/// A kind of file without definitions.
struct Foreign {
    /// A member that only files of this kind have.
    member: &'static str,
    message: &'static str,
}

const FOREIGN: [Foreign; 25] = [
    Foreign {
        member: "Stacks",
        message: "this is the output of `aws cloudformation describe-stacks`, which does not hold \
            the resources: give that of `aws cloudformation get-template --stack-name NAME`",
    },
    Foreign {
        member: "StackSummaries",
        message: "this is the output of `aws cloudformation list-stacks`: give that of \
            `aws cloudformation get-template --stack-name NAME`",
    },
    Foreign {
        member: "StackResources",
        message: "this is the output of `aws cloudformation describe-stack-resources`, which does \
            not hold the properties: give that of `get-template`",
    },
    Foreign {
        member: "StackResourceSummaries",
        message: "this is the output of `aws cloudformation list-stack-resources`, which does not \
            hold the properties: give that of `get-template`",
    },
    Foreign {
        member: "StackEvents",
        message: "this is the output of `aws cloudformation describe-stack-events`: give that of \
            `get-template`",
    },
    Foreign {
        member: "Changes",
        message: "this is a change set of CloudFormation, which does not hold the properties: \
            give the template",
    },
    Foreign {
        member: "Records",
        message: "this is a log file of CloudTrail or another list of records, not of \
            definitions: give it to `audit` as the archive",
    },
    Foreign {
        member: "events",
        message: "these are log events: give them to `audit` as the archive, or to \
            `pattern test`",
    },
    Foreign {
        member: "logEvents",
        message: "these are log events: give them to `audit` as the archive, or to \
            `pattern test`",
    },
    Foreign {
        member: "Events",
        message: "these are events as `aws cloudtrail lookup-events` prints them: give them to \
            `audit` as the archive",
    },
    Foreign {
        member: "eventVersion",
        message: "this is a record of CloudTrail: give it to `audit` as the archive",
    },
    Foreign {
        member: "eventName",
        message: "this is a record of CloudTrail: give it to `audit` as the archive",
    },
    Foreign {
        member: "AlarmHistoryItems",
        message: "this is the history of an alarm: give it to `alarm replay --check-against`",
    },
    Foreign {
        member: "Datapoints",
        message: "these are the datapoints of a metric, not a definition",
    },
    Foreign {
        member: "MetricDataResults",
        message: "these are the datapoints of metrics, not definitions",
    },
    Foreign {
        member: "Metrics",
        message: "this is the output of `aws cloudwatch list-metrics`: give that of \
            `aws cloudwatch describe-alarms`",
    },
    Foreign {
        member: "logGroups",
        message: "this is the output of `aws logs describe-log-groups`: give that of \
            `aws logs describe-metric-filters`",
    },
    Foreign {
        member: "AlarmMuteRuleSummaries",
        message: "this is the output of `aws cloudwatch list-alarm-mute-rules`, which does not \
            hold the schedules: give that of `get-alarm-mute-rule` for each",
    },
    Foreign {
        member: "trailList",
        message: "this is the output of `aws cloudtrail describe-trails`: give that of \
            `aws logs describe-metric-filters` for the log group of the trail",
    },
    Foreign {
        member: "artifacts",
        message: "this is a manifest of CDK: give the file `*.template.json` beside it",
    },
    Foreign {
        member: "@level",
        message: "this is the log of `terraform plan -json`: run `terraform plan -out=plan` and \
            `terraform show -json plan > plan.json`, and give plan.json",
    },
    Foreign {
        member: "modules",
        message: "this is a state of Terraform before 0.12: give the output of \
            `terraform show -json`",
    },
    Foreign {
        member: "ParameterKey",
        message: "these are parameters of a template: give them with --parameters, and the \
            template here",
    },
    Foreign {
        member: "service",
        message: "this is a configuration of the Serverless Framework: give the template that \
            `serverless package` writes to `.serverless`",
    },
    Foreign {
        member: "dashboardBody",
        message: "this is a dashboard, not a definition",
    },
];

/// The members of a configuration of Terraform that is written in JSON.
const CONFIGURATION: [&str; 4] = ["resource", "module", "variable", "terraform"];

const NOT_DEFINITIONS: &str = "this is neither a template nor a list of definitions: expected the \
    output of `aws cloudwatch describe-alarms` or `aws logs describe-metric-filters`, a \
    CloudFormation template, or the output of `terraform show -json`";

/// Returns the message for a tree that holds no definitions, if its kind is known. Of a list, the
/// first item shows the kind.
pub(super) fn name(tree: &Value) -> Option<&'static str> {
    let tree = match tree {
        Value::Array(items) => items.first()?,
        other => other,
    };
    let has = |member: &str| tree.get(member).is_some();
    // The members of a configuration of Terraform are common words, so they are looked for last.
    if let Some(foreign) = FOREIGN.iter().find(|foreign| has(foreign.member)) {
        return Some(foreign.message);
    }
    CONFIGURATION
        .iter()
        .any(|member| has(member))
        .then_some(ON_HCL)
}

/// Refuses a tree that no format recognises. One without content is the same as one without
/// definitions.
pub(super) fn refuse(tree: &Value) -> Result<FileDefinitions, Fault> {
    match (name(tree), tree) {
        (Some(message), _) => Err(message.to_owned().into()),
        // The message then lists the members, which shows a misspelt `MetricAlarms` best.
        (None, Value::Object(members)) => Ok(FileDefinitions {
            unknown: members.keys().cloned().collect(),
            ..FileDefinitions::default()
        }),
        (None, Value::Null) => Ok(FileDefinitions::default()),
        (None, Value::Array(items)) if items.is_empty() => Ok(FileDefinitions::default()),
        (None, _) => Err(NOT_DEFINITIONS.to_owned().into()),
    }
}

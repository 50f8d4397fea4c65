//! The environment variables that change what the program does.

/// The variable that names the configuration file.
pub const CONFIGURATION: &str = "BACKTRAIL_CONFIG";

/// A variable of the environment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Variable {
    /// The name.
    pub name: &'static str,
    /// The use that is made of it.
    pub about: &'static str,
    /// True if its value must not be shown.
    pub is_secret: bool,
}

/// Returns a variable whose value may be shown.
const fn open(name: &'static str, about: &'static str) -> Variable {
    let is_secret = false;
    Variable {
        name,
        about,
        is_secret,
    }
}

/// Returns a variable whose value must not be shown.
const fn secret(name: &'static str, about: &'static str) -> Variable {
    let is_secret = true;
    Variable {
        name,
        about,
        is_secret,
    }
}

/// The variables that the program reads itself or by the AWS SDK, by subject.
pub const VARIABLES: &[Variable] = &[
    open(
        CONFIGURATION,
        "configuration file instead of the usual ones; empty for none",
    ),
    open("XDG_CONFIG_HOME", "folder of the user's configurations"),
    open(
        "HOME",
        "home of the user, for the configuration and the credentials of AWS",
    ),
    open("APPDATA", "folder of the user's configurations on Windows"),
    open("TMPDIR", "folder of temporary files"),
    open(
        "RAYON_NUM_THREADS",
        "number of worker threads without --threads",
    ),
    open(
        "NO_COLOR",
        "no colours, unless --color or CLICOLOR_FORCE asks for them",
    ),
    open("CLICOLOR", "0 for no colours"),
    open(
        "CLICOLOR_FORCE",
        "colours also where the output is not a terminal",
    ),
    open("TERM", "kind of the terminal"),
    open(
        "COLUMNS",
        "width of the output, instead of that of the terminal",
    ),
    open(
        "LC_ALL",
        "locale, which says whether the terminal shows Unicode",
    ),
    open("LC_CTYPE", "locale, unless LC_ALL is set"),
    open("LANG", "locale, unless LC_ALL or LC_CTYPE is set"),
    open("USER", "operator, in run.json"),
    open("LOGNAME", "operator, in run.json, unless USER is set"),
    open(
        "USERNAME",
        "operator, in run.json, unless USER or LOGNAME is set",
    ),
    open(
        "AWS_PROFILE",
        "profile of the AWS configuration without --profile",
    ),
    open("AWS_REGION", "region of S3 without --aws-region"),
    open(
        "AWS_DEFAULT_REGION",
        "region of S3, unless AWS_REGION is set",
    ),
    open("AWS_CONFIG_FILE", "the AWS configuration"),
    open("AWS_SHARED_CREDENTIALS_FILE", "the AWS credentials"),
    open(
        "AWS_ENDPOINT_URL",
        "endpoint of AWS services without --endpoint-url",
    ),
    open(
        "AWS_ENDPOINT_URL_S3",
        "endpoint of S3 without --endpoint-url",
    ),
    open("AWS_ACCESS_KEY_ID", "access key"),
    secret("AWS_SECRET_ACCESS_KEY", "secret of the access key"),
    secret("AWS_SESSION_TOKEN", "token of temporary credentials"),
    open("AWS_ROLE_ARN", "role of a web identity"),
    open("AWS_WEB_IDENTITY_TOKEN_FILE", "token of a web identity"),
    open(
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
        "credentials of a container",
    ),
    open(
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        "credentials of a container",
    ),
    open("AWS_ROLE_SESSION_NAME", "name of the session of a role"),
    secret(
        "AWS_CONTAINER_AUTHORIZATION_TOKEN",
        "token for the credentials of a container",
    ),
    open(
        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
        "file with that token",
    ),
    open(
        "AWS_EC2_METADATA_DISABLED",
        "true for no credentials of an EC2 instance",
    ),
    open(
        "AWS_EC2_METADATA_SERVICE_ENDPOINT",
        "server of those credentials",
    ),
    open(
        "AWS_USE_FIPS_ENDPOINT",
        "true for the FIPS endpoints of AWS",
    ),
    open("AWS_USE_DUALSTACK_ENDPOINT", "true for endpoints with IPv6"),
    open(
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
        "true for no other endpoint than --endpoint-url",
    ),
    open("AWS_BATCH_JOB_ARRAY_INDEX", "task of scan --shard auto"),
    open("JOB_COMPLETION_INDEX", "task of scan --shard auto"),
    open("SLURM_ARRAY_TASK_ID", "task of scan --shard auto"),
    open("CLOUD_RUN_TASK_INDEX", "task of scan --shard auto"),
];

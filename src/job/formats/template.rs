//! CloudFormation templates, those of SAM and CDK included.

use super::Format;
use crate::job::template::read_template;

pub(super) const FORMAT: Format = Format {
    is_recognised: |tree| {
        // The version is optional in a template, and its resources are not.
        tree.get("Resources").is_some() || tree.get("AWSTemplateFormatVersion").is_some()
    },
    read: |tree, given| Ok(read_template(tree, given)),
};

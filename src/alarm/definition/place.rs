//! The accounts and regions of alarms, and the ARNs made of them.

use super::partition::Partition;

/// The account and region of an alarm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlarmPlace {
    /// The account, twelve digits.
    pub account: String,
    /// The region, as in ARNs.
    pub region: String,
}

impl AlarmPlace {
    /// Returns the place in the ARN of an alarm; `None` for any other text.
    pub fn from_arn(arn: &str) -> Option<Self> {
        // The name of an alarm may contain colons, too.
        let parts: Vec<&str> = arn.splitn(7, ':').collect();
        match *parts.as_slice() {
            ["arn", _, "cloudwatch", region, account, "alarm", ..]
                if !region.is_empty() && !account.is_empty() =>
            {
                Some(Self {
                    account: account.to_owned(),
                    region: region.to_owned(),
                })
            }
            _ => None,
        }
    }

    /// Returns the ARN of the alarm with this name.
    pub fn arn(&self, alarm_name: &str) -> String {
        let Self { region, account } = self;
        let partition = Partition::of_region(region).name();
        format!("arn:{partition}:cloudwatch:{region}:{account}:alarm:{alarm_name}")
    }
}

/// Returns the name of the alarm in an ARN, or a plain name as it is.
pub fn alarm_name(name_or_arn: &str) -> &str {
    if !name_or_arn.starts_with("arn:") {
        return name_or_arn;
    }
    match name_or_arn.split_once(":alarm:") {
        Some((_, name)) => name,
        None => name_or_arn,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arn_of_an_alarm_names_its_place() {
        let arn = "arn:aws-us-gov:cloudwatch:us-gov-west-1:111122223333:alarm:a:b";
        let place = AlarmPlace::from_arn(arn);
        let expected = AlarmPlace {
            account: "111122223333".into(),
            region: "us-gov-west-1".into(),
        };
        assert_eq!(place.as_ref(), Some(&expected));
        assert_eq!(expected.arn("a:b"), arn);
        for wrong in [
            "",
            "arn",
            "arn:aws:sns:us-east-1:111122223333:alarm:a",
            "arn:aws:cloudwatch:::alarm:a",
        ] {
            assert_eq!(AlarmPlace::from_arn(wrong), None, "{wrong}");
        }
    }
}

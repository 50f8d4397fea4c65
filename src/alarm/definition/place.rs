//! Where alarms stand: accounts, regions, and the ARNs made of them.

/// Where an alarm stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlarmPlace {
    /// The account, twelve digits.
    pub account: String,
    /// The region, as in ARNs.
    pub region: String,
}

impl AlarmPlace {
    /// The place that the ARN of an alarm names.
    pub fn of_arn(arn: &str) -> Option<Self> {
        let mut parts = arn.splitn(7, ':');
        let (scheme, _partition, service) = (parts.next()?, parts.next()?, parts.next()?);
        let (region, account, kind) = (parts.next()?, parts.next()?, parts.next()?);
        let is_alarm = (scheme, service, kind) == ("arn", "cloudwatch", "alarm");
        (is_alarm && !region.is_empty() && !account.is_empty()).then(|| Self {
            account: account.to_owned(),
            region: region.to_owned(),
        })
    }

    /// The partition of ARNs that the region belongs to.
    fn partition(&self) -> &'static str {
        if self.region.starts_with("us-gov-") {
            "aws-us-gov"
        } else if self.region.starts_with("cn-") {
            "aws-cn"
        } else {
            "aws"
        }
    }

    /// The name of the region for a person; its short name where none is known.
    pub(in crate::alarm) fn region_name(&self) -> &str {
        REGIONS
            .iter()
            .find(|(region, _)| *region == self.region)
            .map_or(&self.region, |(_, name)| name)
    }

    /// The ARN of the alarm with this name.
    pub fn arn(&self, alarm_name: &str) -> String {
        let Self { region, account } = self;
        format!(
            "arn:{}:cloudwatch:{region}:{account}:alarm:{alarm_name}",
            self.partition()
        )
    }
}

/// The names of regions, as the messages have them.
const REGIONS: [(&str, &str); 34] = [
    ("af-south-1", "Africa (Cape Town)"),
    ("ap-east-1", "Asia Pacific (Hong Kong)"),
    ("ap-northeast-1", "Asia Pacific (Tokyo)"),
    ("ap-northeast-2", "Asia Pacific (Seoul)"),
    ("ap-northeast-3", "Asia Pacific (Osaka)"),
    ("ap-south-1", "Asia Pacific (Mumbai)"),
    ("ap-south-2", "Asia Pacific (Hyderabad)"),
    ("ap-southeast-1", "Asia Pacific (Singapore)"),
    ("ap-southeast-2", "Asia Pacific (Sydney)"),
    ("ap-southeast-3", "Asia Pacific (Jakarta)"),
    ("ap-southeast-4", "Asia Pacific (Melbourne)"),
    ("ap-southeast-5", "Asia Pacific (Malaysia)"),
    ("ap-southeast-7", "Asia Pacific (Thailand)"),
    ("ca-central-1", "Canada (Central)"),
    ("ca-west-1", "Canada West (Calgary)"),
    ("eu-central-1", "EU (Frankfurt)"),
    ("eu-central-2", "Europe (Zurich)"),
    ("eu-north-1", "EU (Stockholm)"),
    ("eu-south-1", "Europe (Milan)"),
    ("eu-south-2", "Europe (Spain)"),
    ("eu-west-1", "EU (Ireland)"),
    ("eu-west-2", "EU (London)"),
    ("eu-west-3", "EU (Paris)"),
    ("il-central-1", "Israel (Tel Aviv)"),
    ("me-central-1", "Middle East (UAE)"),
    ("me-south-1", "Middle East (Bahrain)"),
    ("mx-central-1", "Mexico (Central)"),
    ("sa-east-1", "South America (Sao Paulo)"),
    ("us-east-1", "US East (N. Virginia)"),
    ("us-east-2", "US East (Ohio)"),
    ("us-gov-east-1", "AWS GovCloud (US-East)"),
    ("us-gov-west-1", "AWS GovCloud (US-West)"),
    ("us-west-1", "US West (N. California)"),
    ("us-west-2", "US West (Oregon)"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arn_of_an_alarm_names_its_place() {
        let arn = "arn:aws-us-gov:cloudwatch:us-gov-west-1:111122223333:alarm:a:b";
        let place = AlarmPlace::of_arn(arn);
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
            assert_eq!(AlarmPlace::of_arn(wrong), None, "{wrong}");
        }
    }
}

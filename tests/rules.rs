//! The rules that are built in, as a user meets them.

use serde_json::Value;

use crate::program::{audit, backtrail, sample};

#[test]
fn list_names_every_rule_and_group_and_show_shows_it() {
    let list = backtrail(["rules", "list"]);
    assert_eq!((list.code, list.stderr.as_str()), (0, ""));
    let rules = backtrail(["rules", "list", "--json"]).json();
    let rules = rules.as_array().unwrap();
    assert!(rules.len() > 20, "{}", rules.len());
    for rule in rules {
        let name = rule["name"].as_str().unwrap();
        assert!(list.stdout.contains(&format!("\n  {name} ")), "{name}");
        let shown = backtrail(["rules", "show", name]);
        assert_eq!((shown.code, shown.stderr.as_str()), (0, ""));
        assert!(
            shown.stdout.contains(rule["pattern"].as_str().unwrap()),
            "{name}"
        );
        let checked = backtrail(["pattern", "check", rule["pattern"].as_str().unwrap()]);
        assert_eq!(checked.code, 0, "{name}: {}", checked.stderr);
    }
    assert_eq!(
        backtrail(["rules", "show", "cis-1.2", "--json"])
            .json()
            .as_array()
            .unwrap()
            .len(),
        14
    );
}

#[test]
fn traps_of_published_rules_are_named() {
    let effects =
        |name: &str| backtrail(["rules", "show", name, "--json"]).json()[0]["warnings"].to_string();
    assert!(effects("cis-1.3-unauthorized-api-calls").contains("nearly every event matches"));
    assert!(effects("cis-unauthorized-api-calls").contains("binds tighter"));
    assert!(effects("cis-route-table-changes").contains("binds tighter"));
    assert!(effects("cis-console-sign-in-without-mfa").contains("only console logins have it"));
    assert_eq!(effects("secrets"), "[]");
}

#[test]
fn a_wrong_name_is_answered_with_one_that_is_alike() {
    for (wrong, meant) in [
        ("secret", "secrets"),
        ("cis-rout", "cis-route-table-changes"),
        ("CIS-5.0", "cis-5.0"),
    ] {
        for run in [
            backtrail(["rules", "show", wrong]),
            backtrail(["audit", "samples/archive", "--rule", wrong]),
        ] {
            assert_eq!(run.code, 2);
            assert!(
                run.stderr.contains(&format!("did you mean `{meant}`?")),
                "{}",
                run.stderr
            );
        }
    }
}

#[test]
fn any_number_of_rules_are_audited_in_one_pass_and_each_counts_as_alone() {
    let together = audit("--json --rule cis,all --rule cis-1.2,aws,kms", &[sample()]).json();
    let rules = together["rules"].as_array().unwrap();
    assert_eq!(rules.len(), 2 + 6 + 15 + 3, "each rule once");
    for rule in rules {
        let name = rule["rule"].as_str().unwrap();
        let alone = audit(&format!("--json --rule {name}"), &[sample()]).json();
        assert_eq!(alone["rules"][0], *rule, "{name}");
        assert_eq!(alone["objects"], together["objects"]);
    }
    let attempts =
        |name: &str| rules.iter().find(|rule| rule["rule"] == name).unwrap()["attempts"].clone();
    assert_eq!(
        [
            attempts("secrets"),
            attempts("kms"),
            attempts("cis-kms-key-deletion")
        ],
        [42, 6, 1].map(Value::from)
    );
}

#[test]
fn a_rule_has_its_own_threshold_unless_one_is_given() {
    let threshold = |options: &str| {
        let run = audit(
            &format!("--json --rule aws-console-sign-in-failures {options}"),
            &[sample()],
        );
        run.json()["rules"][0]["alarm"]["condition"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert!(threshold("").contains(">= 3,"), "{}", threshold(""));
    assert!(threshold("--threshold 7").contains(">= 7,"));
}

#[test]
fn many_rules_are_shown_in_one_table_first() {
    let run = audit("--rule cis", &[sample()]);
    assert!(
        run.stdout.contains("2 of 15 have matches"),
        "{}",
        run.stdout
    );
    assert!(
        run.stdout
            .contains("1 match: KMS keys disabled or scheduled for deletion")
    );
    let quiet = "changes to VPCs";
    assert!(
        !run.stdout.contains(quiet),
        "quiet rules are in the table only"
    );
    let alone = audit("--rule cis-vpc-changes", &[sample()]);
    assert!(alone.stdout.contains(quiet), "{}", alone.stdout);
}

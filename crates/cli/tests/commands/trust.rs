//! `exhibit trust`

use crate::program::{bundle, exhibit, imported, run, without_times};
use insta::assert_snapshot;

#[test]
fn a_change_of_trust_says_which_verdicts_it_changed() {
    let site = bundle();
    assert_snapshot!(exhibit(&site, "trust case.exhibit list").refused(2), @r"
    exhibit: There is no case at case.exhibit. [no-such-case]
             Check the path; `exhibit import CASE PATH` makes a new one.
    ");
    exhibit(&site, "import case.exhibit evidence").ended(0);
    assert_snapshot!(exhibit(&site, "trust case.exhibit list").ended(0).out, @"No key is trusted in this case. `exhibit trust CASE add FILE` adds some.");
    let added = run(
        &site.at(""),
        &[
            "trust",
            "case.exhibit",
            "add",
            "keys/trusted.keys",
            "--how",
            "by telephone",
        ],
    )
    .ended(0);
    assert_snapshot!(added.out, @r"
    trusted now: SHA256:gVAb4b0QnQVmtdu+R3nu507hz04lgMWUh3eLL+mTmKQ
    trusted now: SHA256:q3z7Do1gYSGpms/l5GBh3HvlONh/cX2bZP5BG2GWgIk
    trusted now: SHA256:oN5kv+KzJ9hDfQtSGmvkGaR1V4qGYKP2JKfeVY4322I
    trusted now: SHA256:Nm4d97/dfIjVwCTF2bVXAzslNWi6gqXUDEFXMf/32IM
    trusted now: SHA256:SZsqugxflHEdI9ktZZVYJqt5gkBka491gMCzW88P7uQ
    ● example.com/agents-prod: intact → verified
    ● example.com/payments: intact → verified
    Now 750 verified, 0 intact, 40 unproven, 0 contradicted.
    ");
    assert_snapshot!(exhibit(&site, "trust case.exhibit list").ended(0).out, @r"
    fingerprint                                         kind     name                     seals                    from  until  revoked  how
    SHA256:gVAb4b0QnQVmtdu+R3nu507hz04lgMWUh3eLL+mTmKQ  ed25519  example.com/agents-prod  example.com/agents-prod  -     -      -        by telephone
    SHA256:q3z7Do1gYSGpms/l5GBh3HvlONh/cX2bZP5BG2GWgIk  ed25519  example.com/payments     example.com/payments     -     -      -        by telephone
    SHA256:oN5kv+KzJ9hDfQtSGmvkGaR1V4qGYKP2JKfeVY4322I  ed25519  collector                -                        -     -      -        by telephone
    SHA256:Nm4d97/dfIjVwCTF2bVXAzslNWi6gqXUDEFXMf/32IM  ed25519  agent-payments           -                        -     -      -        by telephone
    SHA256:SZsqugxflHEdI9ktZZVYJqt5gkBka491gMCzW88P7uQ  ed25519  agent-research           -                        -     -      -        by telephone
    ");
    let again = exhibit(&site, "trust case.exhibit add keys/trusted.keys").ended(0);
    assert!(again.out.contains("No verdict changed."), "{}", again.out);
    assert_eq!(
        exhibit(&site, "trust case.exhibit list")
            .ended(0)
            .out
            .lines()
            .count(),
        1 + 5,
        "each once"
    );
}

#[test]
fn a_key_is_removed_by_its_fingerprint() {
    let site = imported();
    let keys = exhibit(&site, "trust case.exhibit list --json")
        .ended(0)
        .json();
    let payments = keys["keys"]
        .as_array()
        .unwrap()
        .iter()
        .find(|key| key["name"] == "example.com/payments")
        .unwrap();
    let fingerprint = payments["fingerprint"].as_str().unwrap();
    let removed = exhibit(&site, &format!("trust case.exhibit remove {fingerprint}"))
        .ended(0)
        .out;
    assert_snapshot!(removed, @r"
    no longer trusted: SHA256:q3z7Do1gYSGpms/l5GBh3HvlONh/cX2bZP5BG2GWgIk
    ○ example.com/payments: verified → intact
    Now 440 verified, 310 intact, 40 unproven, 0 contradicted.
    ");
    assert!(
        exhibit(&site, &format!("trust case.exhibit remove {fingerprint}"))
            .refused(2)
            .contains("[no-such-key]")
    );
}

#[test]
fn json_of_a_change_holds_the_case_as_it_stands_now() {
    let site = bundle();
    exhibit(&site, "import case.exhibit evidence").ended(0);
    let mut change = exhibit(&site, "trust case.exhibit add keys/trusted.keys --json")
        .ended(0)
        .json();
    let summary = change.as_object_mut().unwrap().remove("summary").unwrap();
    assert_eq!(
        summary,
        exhibit(&site, "verify case.exhibit --json").ended(0).json()
    );
    assert_snapshot!(serde_json::to_string_pretty(&change).unwrap(), @r#"
    {
      "added": [
        "SHA256:gVAb4b0QnQVmtdu+R3nu507hz04lgMWUh3eLL+mTmKQ",
        "SHA256:q3z7Do1gYSGpms/l5GBh3HvlONh/cX2bZP5BG2GWgIk",
        "SHA256:oN5kv+KzJ9hDfQtSGmvkGaR1V4qGYKP2JKfeVY4322I",
        "SHA256:Nm4d97/dfIjVwCTF2bVXAzslNWi6gqXUDEFXMf/32IM",
        "SHA256:SZsqugxflHEdI9ktZZVYJqt5gkBka491gMCzW88P7uQ"
      ],
      "changed": [
        {
          "after": "verified",
          "before": "intact",
          "format": "nhi-audit-bundle",
          "stream": "example.com/agents-prod"
        },
        {
          "after": "verified",
          "before": "intact",
          "format": "nhi-audit-bundle",
          "stream": "example.com/payments"
        }
      ],
      "removed": []
    }
    "#);
    let keys = exhibit(&site, "trust case.exhibit list --json")
        .ended(0)
        .json();
    assert_snapshot!(without_times(&serde_json::to_string_pretty(&keys["keys"][0]).unwrap()), @r#"
    {
      "added": "TIME",
      "algorithm": "ed25519",
      "fingerprint": "SHA256:gVAb4b0QnQVmtdu+R3nu507hz04lgMWUh3eLL+mTmKQ",
      "from": null,
      "how": null,
      "name": "example.com/agents-prod",
      "revoked": null,
      "streams": [
        "example.com/agents-prod"
      ],
      "until": null
    }
    "#);
}

#[test]
fn a_line_that_cannot_be_read_refuses_the_whole_file_with_its_number() {
    let site = imported();
    let good = std::fs::read_to_string(site.at("keys/trusted.keys")).unwrap();
    std::fs::write(site.at("bad.keys"), format!("{good}# the next is of small order\ned25519:AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n")).unwrap();
    let number = good.lines().count() + 2;
    let said = exhibit(&site, "trust case.exhibit add bad.keys").refused(2);
    assert!(said.contains(&format!("line {number}")), "{said}");
    assert_eq!(
        exhibit(&site, "trust case.exhibit list --json")
            .ended(0)
            .json()["keys"]
            .as_array()
            .unwrap()
            .len(),
        5
    );
}

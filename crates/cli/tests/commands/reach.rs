//! `exhibit reach`

use crate::program::{exhibit, imported, story};
use insta::assert_snapshot;

#[test]
fn what_could_be_touched_is_told_in_time_s_order() {
    let site = story();
    let leak = &site.truth.leak;
    let line = format!("reach case.exhibit --from {} --after {}", leak.credential, leak.at);
    let said = exhibit(&site, &line).ended(0).out;
    let brief: Vec<&str> = said.lines().filter(|line| !line.contains("merchant-")).collect();
    assert_snapshot!(brief.join("\n"), @"");
}

#[test]
fn a_path_is_told_step_by_step() {
    let site = story();
    let line = format!("reach case.exhibit --from {} --to kv/data/payments/stripe-live", site.truth.leak.credential);
    assert_snapshot!(exhibit(&site, &line).ended(0).out, @"");
}

#[test]
fn json_is_that_of_the_contract_and_meets_the_truth() {
    let site = story();
    let leak = &site.truth.leak;
    let line = format!("reach case.exhibit --from {} --after {} --json", leak.credential, leak.at);
    let document = exhibit(&site, &line).ended(0).json();
    let reached = document["reached"].as_array().unwrap();
    let mut times = Vec::new();
    for one in reached {
        let path = one["path"].as_array().unwrap();
        let steps: Vec<&str> = path.iter().map(|step| step["time"].as_str().unwrap()).collect();
        assert!(steps.is_sorted(), "{one}");
        times.push(one["at"].as_str().unwrap());
        for step in path {
            for member in ["event", "time", "from", "to", "type", "join", "verdict"] {
                assert!(step.get(member).is_some(), "{member} in {step}");
            }
        }
    }
    assert!(times.is_sorted());
    let of = |id: &str| reached.iter().find(|one| one["id"].as_str().unwrap().ends_with(id));
    for expected in &site.truth.reached {
        // A token of Vault is shown by its own HMAC, the truth has its accessor's.
        if expected.id.starts_with("hmac-") {
            continue;
        }
        let one = of(&expected.id).unwrap_or_else(|| panic!("{expected:?} is not reached"));
        let certainty = format!("{:?}", expected.certainty).to_lowercase();
        assert_eq!((one["certainty"].as_str(), one["at"].as_str()), (Some(&*certainty), Some(&*expected.at)));
    }
    for decoy in &site.truth.decoys {
        assert!(of(&decoy.id).is_none(), "{decoy:?}");
    }
}

#[test]
fn what_is_asked_wrongly_is_refused() {
    let site = imported();
    let leaked = &site.truth.leak.credential;
    assert_snapshot!(exhibit(&site, &format!("reach case.exhibit --from {leaked} --after yesterdayish --json")).refused(2), @"");
    exhibit(&site, "reach case.exhibit --from nobody --json").refused(2);
    exhibit(&site, "reach case.exhibit").refused(2);
}

#[test]
fn an_event_is_a_beginning_too() {
    let site = imported();
    let rows = exhibit(&site, "timeline case.exhibit type:token.exchange outcome:success --json").ended(0).json();
    let event = rows["rows"][1]["event"].as_str().unwrap();
    let said = exhibit(&site, &format!("reach case.exhibit --from {event} --json")).ended(0).json();
    assert_eq!(said["from_kind"], "event");
    assert_eq!(said["reached"][0]["id"], rows["rows"][1]["token"]);
}

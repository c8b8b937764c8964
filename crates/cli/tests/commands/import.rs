//! `exhibit import`

use crate::program::{bundle, exhibit, run};
use insta::assert_snapshot;
use scenario::{Size, Tamper};
use serde_json::Value;
use tests::Site;

#[test]
fn sound_evidence_is_imported_and_what_stands_is_shown() {
    let site = bundle();
    assert_snapshot!(exhibit(&site, "import case.exhibit evidence --keys keys/trusted.keys").ended(0).out, @"FILL");
}

#[test]
fn an_edited_record_is_named_with_its_place() {
    let site = bundle();
    scenario::tamper::apply(&site.at(""), Tamper::LineEdited).unwrap();
    let said = exhibit(&site, "import case.exhibit evidence --keys keys/trusted.keys").ended(1);
    let (_, findings) = said.out.split_once("Findings\n").unwrap();
    assert_snapshot!(findings, @"FILL");
}

#[test]
fn json_has_the_members_of_the_contract() {
    let site = bundle();
    scenario::tamper::apply(&site.at(""), Tamper::LineEdited).unwrap();
    let said = exhibit(&site, "import case.exhibit evidence --keys keys/trusted.keys --json").ended(1);
    let mut summary = said.json();
    // One of each is enough to read.
    let stream = |value: &Value| value["path"] == "nhi-bundle/streams/agents-prod.jsonl" || value["id"] == "example.com/agents-prod" || value["code"] == "record-altered";
    for list in ["sources", "streams", "findings"] {
        summary[list].as_array_mut().unwrap().retain(stream);
    }
    assert_snapshot!(serde_json::to_string_pretty(&summary).unwrap(), @"FILL");
}

#[test]
fn the_same_import_again_is_recognised_and_said() {
    let site = bundle();
    let first = exhibit(&site, "import case.exhibit evidence --json").ended(0).json();
    let again = exhibit(&site, "import case.exhibit evidence --json");
    assert_eq!(again.err, "exhibit: This evidence is in the case already, as import 1: nothing was added.\n");
    let second = again.json();
    for member in ["records", "ledger", "sources", "streams", "findings", "verdict"] {
        assert_eq!(second[member], first[member], "{member}");
    }
}

#[test]
fn two_paths_have_two_numbers() {
    let site = Site::lay(Size { payments: 310, kubernetes: 240, ..Size::none() });
    let summary = exhibit(&site, "import case.exhibit evidence/nhi-bundle evidence/k8s/prod-eu-1/audit-2026-06-12.jsonl --json").ended(0).json();
    let of = |path: &str| summary["sources"].as_array().unwrap().iter().find(|source| source["path"] == path).unwrap()["import"].clone();
    assert_eq!((of("streams/payments.jsonl"), of("audit-2026-06-12.jsonl")), (1.into(), 2.into()));
}

#[test]
fn one_thread_and_many_give_the_same_bytes() {
    let site = Site::lay(Size::small());
    let with = |threads: &str| {
        let case = format!("threads-{threads}/case.exhibit");
        std::fs::create_dir(site.at(&format!("threads-{threads}"))).unwrap();
        exhibit(&site, &format!("import {case} evidence --keys keys/trusted.keys --threads {threads} --json")).ended(0).out
    };
    let one = with("1");
    for threads in ["2", "4", "13"] {
        assert_eq!(with(threads), one, "{threads} threads");
    }
}

#[test]
fn limits_are_raised_by_the_options_named_after_them() {
    let site = Site::lay(Size { payments: 310, ..Size::none() });
    let refused = |options: &str| {
        let case = format!("case{}.exhibit", options.replace([' ', '-'], ""));
        let summary = exhibit(&site, &format!("import {case} a.tar --json{options}")).json();
        summary["findings"].as_array().unwrap().iter().filter(|finding| finding["code"] == "entry-refused").count()
    };
    // A bundle in a tar in a tar in a tar.
    scenario::pack::pack(&site.at("evidence"), &site.at("c.tar")).unwrap();
    for (inner, outer) in [("c.tar", "b.tar"), ("b.tar", "a.tar")] {
        let mut tar = tar::Builder::new(std::fs::File::create(site.at(outer)).unwrap());
        scenario::pack::append(&mut tar, inner, &std::fs::read(site.at(inner)).unwrap()).unwrap();
        tar.finish().unwrap();
    }
    assert_eq!((refused(""), refused(" --archive-depth 3")), (1, 0));
    assert_eq!(refused(" --archive-depth 3 --archive-entries 5"), 1);
}

#[test]
fn what_was_asked_wrongly_is_status_2_and_leaves_no_case() {
    let site = bundle();
    assert_snapshot!(exhibit(&site, "import case.exhibit no/such/path").refused(2), @"FILL");
    assert_snapshot!(exhibit(&site, "import case.exhibit evidence --keys no.keys").refused(2), @"FILL");
    std::fs::write(site.at("bad.keys"), "# ours\n\nexample.com/payments+zz\n").unwrap();
    assert_snapshot!(exhibit(&site, "import case.exhibit evidence --keys bad.keys").refused(2), @"FILL");
    assert!(exhibit(&site, "import case.exhibit").refused(2).contains("PATH"));
    assert!(exhibit(&site, "import").refused(2).contains("CASE"));
    assert!(!site.at("case.exhibit").exists());
    std::fs::write(site.at("notes.exhibit"), "my notes").unwrap();
    assert_snapshot!(exhibit(&site, "import notes.exhibit evidence").refused(2), @"FILL");
    assert_eq!(std::fs::read(site.at("notes.exhibit")).unwrap(), b"my notes");
}

#[test]
fn a_case_in_a_folder_that_is_not_there_or_cannot_be_written_is_status_2() {
    let site = bundle();
    assert_snapshot!(exhibit(&site, "import no/such/folder/case.exhibit evidence").refused(2), @"FILL");
    // No user may make a file there, root included.
    let said = run(&site.at(""), &["import", "/proc/case.exhibit", "evidence"]);
    if std::path::Path::new("/proc/self").exists() {
        assert!(said.refused(2).contains("[case-path]"));
    }
}

#[cfg(unix)]
#[test]
fn a_case_without_write_permission_is_status_2_for_writing_and_can_be_read() {
    use std::os::unix::fs::PermissionsExt as _;
    let site = crate::program::imported();
    std::fs::set_permissions(site.at("case.exhibit"), std::fs::Permissions::from_mode(0o400)).unwrap();
    if std::fs::OpenOptions::new().append(true).open(site.at("case.exhibit")).is_ok() {
        eprintln!("skipped in part: this user may write to a file without write permission");
    } else {
        assert!(exhibit(&site, "import case.exhibit evidence").refused(2).contains("[case-read-only]"));
    }
    exhibit(&site, "timeline case.exhibit --limit 1").ended(0);
}

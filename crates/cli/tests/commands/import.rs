//! `exhibit import`

use crate::program::{bundle, exhibit, run};
use insta::assert_snapshot;
use scenario::{Size, Tamper};
use serde_json::Value;
use tests::Site;

#[test]
fn sound_evidence_is_imported_and_what_stands_is_shown() {
    let site = bundle();
    assert_snapshot!(exhibit(&site, "import case.exhibit evidence --keys keys/trusted.keys").ended(0).out, @r"
    ◌ case.exhibit unproven

    790 records: 750 verified, 0 intact, 40 unproven, 0 contradicted
    395,625 bytes in = 366,144 in records + 29,481 of structure + 0 rejected; balances

       source  format                        records      size  verdict   path
    ◌  E2      kubernetes-audit                   40   34.2 kB  unproven  nhi-bundle/attachments/kubernetes/audit-2026-06-10.jsonl
    ●  E10     nhi-audit-bundle                  440  210.8 kB  verified  nhi-bundle/streams/agents-prod.jsonl
    ●  E11     nhi-audit-bundle                  310  121.9 kB  verified  nhi-bundle/streams/payments.jsonl
    ●  E1      unknown, listed file                0     136 B  verified  nhi-bundle/attachments/handover.txt
    ●  E3      nhi-audit-bundle, checkpoint        0     195 B  verified  nhi-bundle/checkpoints/agents-prod/000000000200
    ●  E4      nhi-audit-bundle, checkpoint        0     195 B  verified  nhi-bundle/checkpoints/agents-prod/000000000400
    ●  E5      nhi-audit-bundle, checkpoint        0     195 B  verified  nhi-bundle/checkpoints/agents-prod/000000000440
    ●  E6      nhi-audit-bundle, checkpoint        0     189 B  verified  nhi-bundle/checkpoints/payments/000000000125
    ●  E7      nhi-audit-bundle, checkpoint        0     189 B  verified  nhi-bundle/checkpoints/payments/000000000250
    ●  E8      nhi-audit-bundle, checkpoint        0     189 B  verified  nhi-bundle/checkpoints/payments/000000000310
    ●  E9      nhi-audit-bundle, manifest          0    3.4 kB  verified  nhi-bundle/manifest.dsse.json
    ●  E12     unknown, listed file                0    8.2 kB  verified  nhi-bundle/tiles/agents-prod/tile/0/000
    ●  E13     unknown, listed file                0    5.9 kB  verified  nhi-bundle/tiles/agents-prod/tile/0/001.p/184
    ●  E14     unknown, listed file                0    8.2 kB  verified  nhi-bundle/tiles/payments/tile/0/000
    ●  E15     unknown, listed file                0    1.7 kB  verified  nhi-bundle/tiles/payments/tile/0/001.p/54

       stream                                            records  verdict   form  integrity         author   completeness  time
    ●  example.com/agents-prod                               440  verified  ok    ok                trusted  closed        asserted
    ●  example.com/payments                                  310  verified  ok    ok                trusted  closed        asserted
    ◌  nhi-bundle/attachments/k…/audit-2026-06-10.jsonl       40  unproven  ok    since-collection  none     unknown       asserted

    Findings
    - end-unknown  nhi-bundle/attachments/kubernetes/audit-2026-06-10.jsonl · E2 nhi-bundle/attachments/kubernetes/audit-2026-06-10.jsonl
        the format has no seal: a cut tail could not be seen
    ");
}

#[test]
fn an_edited_record_is_named_with_its_place() {
    let site = bundle();
    scenario::tamper::apply(&site.at(""), Tamper::LineEdited).unwrap();
    let said = exhibit(
        &site,
        "import case.exhibit evidence --keys keys/trusted.keys",
    )
    .ended(1);
    let (_, findings) = said.out.split_once("Findings\n").unwrap();
    assert_snapshot!(findings, @r"
    ✖ record-altered  example.com/agents-prod · seq 229 · E10 nhi-bundle/streams/agents-prod.jsonl · 523 bytes at 110,770
        these are not the bytes that were sealed: their digest is not the one that the seal holds for this record
    - end-unknown  nhi-bundle/attachments/kubernetes/audit-2026-06-10.jsonl · E2 nhi-bundle/attachments/kubernetes/audit-2026-06-10.jsonl
        the format has no seal: a cut tail could not be seen
    ");
}

#[test]
fn json_has_the_members_of_the_contract() {
    let site = bundle();
    scenario::tamper::apply(&site.at(""), Tamper::LineEdited).unwrap();
    let said = exhibit(
        &site,
        "import case.exhibit evidence --keys keys/trusted.keys --json",
    )
    .ended(1);
    let mut summary = said.json();
    // One of each is enough to read.
    let stream = |value: &Value| {
        value["path"] == "nhi-bundle/streams/agents-prod.jsonl"
            || value["id"] == "example.com/agents-prod"
            || value["code"] == "record-altered"
    };
    for list in ["sources", "streams", "findings"] {
        summary[list].as_array_mut().unwrap().retain(stream);
    }
    assert_snapshot!(serde_json::to_string_pretty(&summary).unwrap(), @r#"
    {
      "case": "case.exhibit",
      "findings": [
        {
          "class": "integrity",
          "code": "record-altered",
          "import": 1,
          "length": 523,
          "message": "these are not the bytes that were sealed: their digest is not the one that the seal holds for this record",
          "offset": 110770,
          "ordinal": 229,
          "seq": 229,
          "source": "nhi-bundle/streams/agents-prod.jsonl",
          "source_id": 10,
          "stream": "example.com/agents-prod",
          "verdict": "contradicted"
        }
      ],
      "ledger": {
        "balanced": true,
        "bytes_in": 395625,
        "bytes_records": 366144,
        "bytes_rejected": 0,
        "bytes_structure": 29481
      },
      "notes": [],
      "records": {
        "contradicted": 1,
        "intact": 0,
        "total": 790,
        "unproven": 40,
        "verified": 749
      },
      "sources": [
        {
          "axes": {
            "author": "trusted",
            "completeness": "closed",
            "form": "ok",
            "integrity": "broken",
            "time": "asserted"
          },
          "bytes": 210801,
          "counts": {
            "contradicted": 1,
            "intact": 0,
            "total": 440,
            "unproven": 0,
            "verified": 439
          },
          "earliest": 1781208000000000,
          "format": "nhi-audit-bundle",
          "id": 10,
          "import": 1,
          "latest": 1781244000000000,
          "ledger": {
            "balanced": true,
            "bytes_in": 210801,
            "bytes_records": 210361,
            "bytes_rejected": 0,
            "bytes_structure": 440
          },
          "path": "nhi-bundle/streams/agents-prod.jsonl",
          "raise": [
            "Another copy of this stream that holds the record as it was sealed."
          ],
          "records": 440,
          "role": "stream",
          "sha256": "29dcb0debceeab7b23de6bf875a381b47ae1423f07394b8203386cfb3953b48c",
          "verdict": "contradicted"
        }
      ],
      "streams": [
        {
          "axes": {
            "author": "trusted",
            "completeness": "closed",
            "form": "ok",
            "integrity": "broken",
            "time": "asserted"
          },
          "first_seq": 0,
          "format": "nhi-audit-bundle",
          "id": "example.com/agents-prod",
          "last_seq": 439,
          "records": 440,
          "verdict": "contradicted"
        }
      ],
      "verdict": "contradicted"
    }
    "#);
}

#[test]
fn the_same_import_again_is_recognised_and_said() {
    let site = bundle();
    let first = exhibit(&site, "import case.exhibit evidence --json")
        .ended(0)
        .json();
    let again = exhibit(&site, "import case.exhibit evidence --json");
    assert_eq!(
        again.err,
        "exhibit: This evidence is in the case already, as import 1: nothing was added.\n"
    );
    let second = again.json();
    for member in [
        "records", "ledger", "sources", "streams", "findings", "verdict",
    ] {
        assert_eq!(second[member], first[member], "{member}");
    }
}

#[test]
fn two_paths_have_two_numbers() {
    let site = Site::lay(Size {
        payments: 310,
        kubernetes: 240,
        ..Size::none()
    });
    let summary = exhibit(&site, "import case.exhibit evidence/nhi-bundle evidence/k8s/prod-eu-1/audit-2026-06-12.jsonl --json").ended(0).json();
    let of = |path: &str| {
        summary["sources"]
            .as_array()
            .unwrap()
            .iter()
            .find(|source| source["path"] == path)
            .unwrap()["import"]
            .clone()
    };
    assert_eq!(
        (of("streams/payments.jsonl"), of("audit-2026-06-12.jsonl")),
        (1.into(), 2.into())
    );
}

#[test]
fn one_thread_and_many_give_the_same_bytes() {
    let site = Site::lay(Size::small());
    let with = |threads: &str| {
        let case = format!("threads-{threads}/case.exhibit");
        std::fs::create_dir(site.at(&format!("threads-{threads}"))).unwrap();
        exhibit(
            &site,
            &format!("import {case} evidence --keys keys/trusted.keys --threads {threads} --json"),
        )
        .ended(0)
        .out
    };
    let one = with("1");
    for threads in ["2", "4", "13"] {
        assert_eq!(with(threads), one, "{threads} threads");
    }
}

#[test]
fn limits_are_raised_by_the_options_named_after_them() {
    let site = Site::lay(Size {
        payments: 310,
        ..Size::none()
    });
    let refused = |options: &str| {
        let case = format!("case{}.exhibit", options.replace([' ', '-'], ""));
        let summary = exhibit(&site, &format!("import {case} a.tar --json{options}")).json();
        summary["findings"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|finding| finding["code"] == "entry-refused")
            .count()
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
    assert_snapshot!(exhibit(&site, "import case.exhibit no/such/path").refused(2), @r"
    exhibit: no/such/path cannot be read: No such file or directory (os error 2). [path-unreadable]
             Check the path and its permissions. Nothing was imported.
    ");
    assert_snapshot!(exhibit(&site, "import case.exhibit evidence --keys no.keys").refused(2), @r"
    exhibit: no.keys cannot be read: No such file or directory (os error 2). [path-unreadable]
             Check the path and its permissions. Nothing was imported.
    ");
    std::fs::write(site.at("bad.keys"), "# ours\n\nexample.com/payments+zz\n").unwrap();
    assert_snapshot!(exhibit(&site, "import case.exhibit evidence --keys bad.keys").refused(2), @r"
    exhibit: bad.keys is refused as a whole: line 3: not a vkey, nor ed25519: and a key: not of the form name+hash+base64. [key-file]
             Mend that line, or ask the key's owner for the file again; no key of it is trusted.
    ");
    assert!(
        exhibit(&site, "import case.exhibit")
            .refused(2)
            .contains("PATH")
    );
    assert!(exhibit(&site, "import").refused(2).contains("CASE"));
    assert!(!site.at("case.exhibit").exists());
    std::fs::write(site.at("notes.exhibit"), "my notes").unwrap();
    assert_snapshot!(exhibit(&site, "import notes.exhibit evidence").refused(2), @r"
    exhibit: The file is not an Exhibit case. It was not touched. [not-a-case]
             Give the path of a .exhibit file, or a new name to make one.
    ");
    assert_eq!(
        std::fs::read(site.at("notes.exhibit")).unwrap(),
        b"my notes"
    );
}

#[test]
fn a_case_in_a_folder_that_is_not_there_or_cannot_be_written_is_status_2() {
    let site = bundle();
    assert_snapshot!(exhibit(&site, "import no/such/folder/case.exhibit evidence").refused(2), @r"
    exhibit: No case can be made at no/such/folder/case.exhibit: No such file or directory (os error 2). [case-path]
             Choose a folder that exists and that you may write to.
    ");
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
    std::fs::set_permissions(
        site.at("case.exhibit"),
        std::fs::Permissions::from_mode(0o400),
    )
    .unwrap();
    if std::fs::OpenOptions::new()
        .append(true)
        .open(site.at("case.exhibit"))
        .is_ok()
    {
        eprintln!("skipped in part: this user may write to a file without write permission");
    } else {
        assert!(
            exhibit(&site, "import case.exhibit evidence")
                .refused(2)
                .contains("[case-read-only]")
        );
    }
    exhibit(&site, "timeline case.exhibit --limit 1").ended(0);
}

//! `exhibit record`

use crate::program::{exhibit, imported, tampered};
use insta::assert_snapshot;

#[test]
fn a_proven_record_is_shown_with_its_proof_step_by_step() {
    let site = imported();
    assert_snapshot!(exhibit(&site, "record case.exhibit example.com/payments:7").ended(0).out, @r#"
    ● E11:7 verified
    A seal covers it, every check holds, and its key is one that you trust from outside the evidence.

    stream  example.com/payments, seq 7
    source  nhi-bundle/streams/payments.jsonl (nhi-audit-bundle)
    bytes   375 at offset 2,613

    Proof
      1  bytes              375 bytes at offset 2613
      2  digest             SHA-256 of these bytes
                             5c78b0aff6857c5669631ebbb8db839be4b0b09d92dacdf1d615d5784e889842
      3  link       holds   record 8 names this digest as its predecessor's
                             5c78b0aff6857c5669631ebbb8db839be4b0b09d92dacdf1d615d5784e889842
      4  leaf               SHA-256 of 0x00 and the digest
                             2521e7d8cf4f53279a66df69b6c1ff3fb161ff1a5e744943e265c9cb9dc98999
      5  path               7 siblings from leaf 7 of 125 up to the root
                             5f5a71f3f73c43e223486ac8c716e91aaa95aefa4b1406284745922a20094ccc
                             39801f6ad803089bdced06fcefbc16abb8243e086886ba74eb709dd5d06ef1ac
                             82237265ef0f198072c70fb3837e2ccb4139195f111c147f52bf309e933fcda5
                             a3e2377030712a890f543e2a5ded74b9a768e5714e77e4a07b218eb83c07831d
                             4015b10c1ebcaef762d2ac98f7c4f216dbccece8bd46be4f2ff150fb06e633a2
                             7b835954ecf6be92d5658165ff0fd9df8c20314e6e99a956426edff05e603593
                             c823e8fbbae2034e971c49aafb54198bcdf955491fcfe4e0ec399153663f110a
      6  root       holds   equals the root that the checkpoint over 125 records signs
                             c40680dcbc0140718737b5ce3ced5a3f1d20064377653490ac400b8cdec8b4e5
      7  signature  holds   Ed25519, holds over the checkpoint
                             nhi-bundle/checkpoints/payments/000000000125
      8  key                SHA-256 of the key
                             SHA256:q3z7Do1gYSGpms/l5GBh3HvlONh/cX2bZP5BG2GWgIk
      9  trust      holds   given with --keys keys/trusted.keys

    Members outside the proof: none

    Fields
      time         2026-06-11T20:14:24.162108Z
      type         tool.invoke
      native type  tool.invoke
      actor        spiffe://example.com/agent/payments
      actor kind   agent
      tool         payout.create
      outcome      success

    Raw
      {"v":1,"stream":"example.com/payments","seq":7,"prev":"e55385dd3ff0b45f31450a514c4249a394708a22857c01bfca4b63f92ddf1566","time":"2026-06-11T20:14:24.162108Z","type":"tool.invoke","actor":{"id":"spiffe://example.com/agent/payments","kind":"agent"},"tool":{"name":"payout.create","server":"payments-mcp"},"task":{"id":"order/3751081"},"amount":"EUR 683.20","outcome":"success"}
    "#);
}

#[test]
fn an_edited_record_s_proof_says_where_it_fails() {
    let site = tampered();
    let json = exhibit(&site, "timeline case.exhibit verdict:contradicted --json")
        .ended(0)
        .json();
    let event = json["rows"][0]["event"].as_str().unwrap().to_owned();
    assert_snapshot!(exhibit(&site, &format!("record case.exhibit {event}")).ended(1).out, @r#"
    ✖ E10:229 contradicted
    these are not the bytes that were sealed: their digest is not the one that the seal holds for this record

    stream  example.com/agents-prod, seq 229
    source  nhi-bundle/streams/agents-prod.jsonl (nhi-audit-bundle)
    bytes   523 at offset 110,770

    Proof
      1  bytes              523 bytes at offset 110770
      2  digest             SHA-256 of these bytes
                             4e34cc565b56be87b5c653c2dc3c78ab742bdce5777af9cb73d6c09c0764690c
      3  link       FAILS   record 230 names another digest as its predecessor's
                             e8068884147aa618b627ba7c7edc7531ecf703d64e3b2ea39f025aa8b734a129
      4  leaf               mended: SHA-256 of 0x00 and the digest that the next record names
                             c39507c9dfa5664c28caf85897469b80d3028b3872a0c57411c132b641caed0e
      5  path               9 siblings from leaf 229 of 400 up to the root
                             f77ef9db2a6f6eb679c11392942c04fe90f7c900d14b5bfa9db3a59fd71d3c65
                             0d457c11eb152fa281f87e127b20052a582de80a6404cd9d11718b46d2f25f8e
                             a271ffd98b1cd69833967582ab896c9e92dc66f73c4d3b135f862075dcb9fb0f
                             4eb5f756f53ee97772520c4f5c426a7f0fcbde3b271251c71ac10458312bf470
                             6db0b0817363494e51e40b37a76211a04915935147944708fd0c14112ce20691
                             a963456edc1f14c9f2968773d81f88905a374e91bdcbd49682ee7ec1e8eecf1b
                             80a43f3cad2e9c6216379caa333d17545ef8a9f877786526653473a440b7bb77
                             b752e9ba0e55396ae4d401899201cd7a4a74d2b4e7eb62f89a5c6d2ef06059a5
                             79e5657c1fa3a04bfb8063f74c0690d14c3715aa6b6682cca3ca2db3eaf4ac77
      6  root       holds   equals the root that the checkpoint over 400 records signs: the seal holds with the mended digest, not with these bytes
                             733a57c3f7787b63e8139e6f2b86eb037c8adbc325f26e54e256bda43faec83d
      7  signature  holds   Ed25519, holds over the checkpoint
                             nhi-bundle/checkpoints/agents-prod/000000000400
      8  key                SHA-256 of the key
                             SHA256:G9k1tPnNyvlp0kCGhttQMY7KCyuM2oM9yVLiUDbLqCQ
      9  trust      holds   endorsed by the stream's key before it, which the examiner trusts

    Members outside the proof: none

    What would raise this verdict?
      Another copy of this stream that holds the record as it was sealed.

    Fields
      time         2026-06-12T02:11:46.902113Z
      type         policy.decide
      native type  policy.decide
      actor        spiffe://example.com/policy/exchange
      actor kind   service
      subject      spiffe://example.com/agent/deployer
      credential   jti:7f0c76e2427f34127015b06c6ac36c21
      decision     allow
      outcome      success
      source ip    10.1.2.3
      policy       aws-exchange@12

    Raw
      {"v":1,"stream":"example.com/agents-prod","seq":229,"prev":"e2362bde078aae12307ddec1b8d7f5d88077ece9504d7eb58eb63bff5c9095f4","time":"2026-06-12T02:11:46.902113Z","type":"policy.decide","actor":{"id":"spiffe://example.com/policy/exchange","kind":"service"},"subject":{"id":"spiffe://example.com/agent/deployer","kind":"agent"},"credential":{"id":"jti:7f0c76e2427f34127015b06c6ac36c21"},"policy":{"id":"aws-exchange","version":"12","decision":"allow","rule":"ci-network-only"},"outcome":"success","source":{"ip":"10.1.2.3"}}
    "#);
}

#[test]
fn json_has_the_exact_bytes_and_each_step() {
    let site = imported();
    let record = exhibit(&site, "record case.exhibit example.com/payments:7 --json")
        .ended(0)
        .json();
    let stream =
        std::fs::read_to_string(site.evidence().join("nhi-bundle/streams/payments.jsonl")).unwrap();
    let line = stream.lines().nth(7).unwrap();
    assert_eq!(record["raw"], line);
    assert_eq!(record["length"], line.len());
    assert_eq!(
        record["offset"],
        stream
            .lines()
            .take(7)
            .map(|line| line.len() + 1)
            .sum::<usize>()
    );
    let names: Vec<_> = record["proof"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| step["name"].as_str().unwrap())
        .collect();
    assert_snapshot!(names.join(" "), @"bytes digest link leaf path root signature key trust");
    assert_eq!(
        record,
        exhibit(
            &site,
            &format!("record case.exhibit E{}:7 --json", record["id"]["file"])
        )
        .ended(0)
        .json()
    );
}

#[test]
fn what_is_no_record_is_status_2() {
    let site = imported();
    assert_snapshot!(exhibit(&site, "record case.exhibit example.com/payments:310").refused(2), @r"
    exhibit: No record is called example.com/payments:310. [no-such-record]
             Write E2:907 (source and ordinal), or STREAM:SEQ; `exhibit timeline` shows both.
    ");
    for name in [
        "E1",
        "E1:x",
        "E99:0",
        "nobody:1",
        ":",
        "E1:99999999999",
        "E99999999999:1",
        "E-1:0",
    ] {
        assert!(
            exhibit(&site, &format!("record case.exhibit {name} --json"))
                .refused(2)
                .contains("[no-such-record]"),
            "{name}"
        );
    }
}

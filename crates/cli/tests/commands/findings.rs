//! `exhibit findings`, `exhibit provenance`, `exhibit adequacy`

use crate::program::{exhibit, imported, tampered};
use insta::assert_snapshot;
use serde_json::Value;

fn codes(view: &Value, strength: &str) -> Vec<String> {
    let mut codes: Vec<String> = view["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|it| it["strength"] == strength)
        .map(|it| it["code"].as_str().unwrap().to_owned())
        .collect();
    codes.dedup();
    codes
}

#[test]
fn the_story_s_behaviour_is_found_and_its_background_is_not() {
    let site = imported();
    let view = exhibit(&site, "findings case.exhibit --class behaviour --json")
        .ended(0)
        .json();
    assert_eq!(
        codes(&view, "proof"),
        ["token-after-revoke", "credential-reused"]
    );
    assert_eq!(
        codes(&view, "indicator"),
        ["token-replayed", "identity-lookalike"]
    );
    let first = &view["findings"][0];
    assert_eq!(first["class"], "behaviour");
    assert!(
        first["message"]
            .as_str()
            .unwrap()
            .contains("the control held")
    );
    assert_eq!(first["events"][0]["part"], "revoked");
    assert_eq!(
        first["mapping"]["attack"][0],
        "T1078.004 Valid Accounts: Cloud Accounts"
    );
}

#[test]
fn behaviour_changes_no_verdict_and_a_contradiction_is_status_1() {
    let (sound, tampered) = (imported(), tampered());
    for command in ["findings case.exhibit", "findings case.exhibit --json"] {
        exhibit(&sound, command).ended(0);
        exhibit(&tampered, command).ended(1);
    }
}

#[test]
fn limits_and_filters_hold_and_mistakes_are_refused() {
    let site = imported();
    let view = exhibit(
        &site,
        "findings case.exhibit --code token-replayed --limit replay-window=1s --json",
    )
    .ended(0)
    .json();
    assert_eq!(view["findings"], Value::Array(Vec::new()));
    for (wrong, code) in [
        ("--limit replay-window=soon", "[limit]"),
        ("--limit nothing=1s", "[limit]"),
        ("--code nothing", "[findings-filter]"),
        ("--class nothing", "[findings-filter]"),
        ("time>=yesterday", "[query]"),
        ("--sigma nowhere", "[path-unreadable]"),
    ] {
        let said = exhibit(&site, &format!("findings case.exhibit {wrong}")).refused(2);
        assert!(said.contains(code), "{wrong}: {said}");
    }
    let rules = exhibit(&site, "findings --rules --json").ended(0).json();
    assert_eq!(rules["rules"].as_array().unwrap().len(), 22);
}

#[test]
fn provenance_cites_each_record_and_adequacy_says_what_never_can_be_told() {
    let site = imported();
    let view = exhibit(
        &site,
        "provenance case.exhibit example.com/payments:1 --json",
    )
    .ended(0)
    .json();
    assert_eq!(view["answer"], "not shown");
    let lines = view["lines"].as_array().unwrap();
    for line in lines {
        assert!(
            line["said"].is_string() || line["cites"].is_null(),
            "{line}"
        );
    }
    let view = exhibit(&site, "adequacy case.exhibit --json")
        .ended(0)
        .json();
    let questions = view["questions"].as_array().unwrap();
    assert_eq!(questions.len(), 10);
    assert!(
        questions
            .iter()
            .all(|it| { matches!(it["answerable"].as_str(), Some("yes" | "in part" | "never")) })
    );
    assert!(!view["coverage"].as_array().unwrap().is_empty());
}

#[test]
fn what_a_filter_leaves_out_is_not_said_to_be_nothing() {
    let site = imported();
    let said = exhibit(
        &site,
        "findings case.exhibit --class behaviour --strength proof",
    )
    .ended(0);
    assert_snapshot!(said.out, @r"
    ◌ case.exhibit: the case is unproven
    0 findings about the evidence · 2 findings of behaviour: 2 proofs, 0 indicators

    THE EVIDENCE: what does not hold, or cannot be checked
      not asked for

    PROOFS: what follows from the records alone, and is as true as they are
      token-after-revoke  2026-06-12T02:44:18.660201Z  [31bacf25a9084dd3]
          jti:7f0c76e2427f34127015b06c6ac36c21 was revoked at 2026-06-12T02:41:30.007715Z and was
          presented 1 time after that, first 2m 48s later. Each try was refused: the control held, and
          somebody still holds the credential.
          ● E10:258  2026-06-12T02:41:30.007715Z  revoked
          ● E10:261  2026-06-12T02:44:18.660201Z  used
          NHI1 Improper Offboarding · NHI7 Long-Lived Secrets · ASI03 Identity and Privilege Abuse ·
          T1078.004 Valid Accounts: Cloud Accounts
      credential-reused  2026-06-12T02:24:41.118340Z  16 times  [32cdcd71a8e0627e]
          key:payagent-07 was used by 2 identities: spiffe://example.com/agent/dерloyеr,
          spiffe://example.com/agent/payments.
          ● E11:203  2026-06-12T02:24:09.350081Z  used
          ● E11:205  2026-06-12T02:24:41.118340Z  also used by
          ● E11:206  2026-06-12T02:26:31.004912Z  also used by
          ● E11:207  2026-06-12T02:26:37.504912Z  also used by
          ● E11:208  2026-06-12T02:26:44.004912Z  also used by
          ● E11:209  2026-06-12T02:26:50.504912Z  also used by
          ● E11:210  2026-06-12T02:26:57.004912Z  also used by
          NHI9 NHI Reuse · ASI03 Identity and Privilege Abuse · T1550.001 Use Alternate Authentication
          Material: Application Access Token

    INDICATORS: what a human must look at
      nothing that the query and the filters let through

    NOT ASSESSABLE: what this evidence cannot say
      token-unminted: 1 credentials are used whose mint is not in evidence, and the time in which they
      were made is not covered by a sealed source without a gap.
      act-outside-grant: 89 of 89 scopes hold words that name no tool or resource in evidence, so that
      what they allow cannot be told.
      key-added-then-used: no record in evidence adds a long-lived key, an identity or a trust.
      environment-crossed: no record in evidence is labelled with an environment.
      agent-unsigned: no act of an agent in evidence has a signature of its own that verifies.

    Limits: clock-tolerance=2m, credential-life=1d, mint-lookback=36h, replay-window=15m,
    burst-secrets=20, burst-window=10m, decided-share=90, key-use=1d, dormant=30d, end-slack=1h.
    Mapped to OWASP Non-Human Identities Top 10 (2025); OWASP Top 10 for Agentic Applications (2026);
    MITRE ATT&CK for Enterprise (v17).
    3 findings are left out by the query and the filters.
    ");
}

#[test]
fn a_card_says_under_which_conditions_and_what_is_not_in_evidence() {
    let site = imported();
    let said = exhibit(&site, "provenance case.exhibit example.com/agents-prod:230").ended(0);
    assert_snapshot!(said.out, @r"
    ● E10:230  2026-06-12T02:11:46.920418Z  token.exchange

    Done under approved conditions: shown
      The weakest record that this rests on is verified.

    initiator          not in evidence
    workload identity  spiffe://example.com/sts (service)
                         ● E10:230  2026-06-12T02:11:46.920418Z  verified
    runtime and model  not in evidence
    credential         jti:7f0c76e2427f34127015b06c6ac36c21, for assume deploy, made 2026-06-12T01:58:02.120044Z, ends 2026-06-12T02:58:02Z
                         ● E10:218  2026-06-12T01:58:02.120044Z  verified
    made from          made by spiffe://example.com/sts, from no other credential in the record
                         ● E10:218  2026-06-12T01:58:02.120044Z  verified
    end of credential  revoked at 2026-06-12T02:41:30.007715Z by oncall/a.haddad
                         ● E10:258  2026-06-12T02:41:30.007715Z  verified
    tools and calls    token.exchange
                         ● E10:230  2026-06-12T02:11:46.920418Z  verified
    policy decision    allow by aws-exchange@12
                         ● E10:230  2026-06-12T02:11:46.920418Z  verified
    approval           not in evidence
    classification     not in evidence
    outcome            success
                         ● E10:230  2026-06-12T02:11:46.920418Z  verified
    ");
}

#[test]
fn adequacy_says_what_the_trail_cannot_prove() {
    let site = imported();
    let said = exhibit(&site, "adequacy case.exhibit").ended(0);
    assert_snapshot!(said.out, @r"
    What 755 acts can prove

    yes      Which workload did it, and not only which account?
             753 of 755 acts name the workload itself.
             Asked by OWASP NHI Top 10 2025 NHI4, NHI9; NIST CSF 2.0 PR.AA-01, PR.AA-03; NIST SP 800-207
             tenet 6.
    in part  Was it done with a credential that ends by itself?
             378 of 755 acts name the credential; 360 of 755 acts are done with a credential that ends.
             Asked by OWASP NHI Top 10 2025 NHI7; NIST CSF 2.0 PR.AA-01; NIST SP 800-207 tenet 3.
    in part  Where did its credential come from?
             378 of 755 acts name the credential; 360 of 755 acts can be joined to the making of their
             credential.
             Asked by OWASP NHI Top 10 2025 NHI4; OWASP Agentic Top 10 2026 ASI03; NIST CSF 2.0
             PR.AA-04.
    in part  Was its credential still valid?
             378 of 755 acts name the credential; 338 of 755 acts can be joined to the end of their
             credential.
             Asked by OWASP NHI Top 10 2025 NHI1, NHI7; NIST CSF 2.0 PR.AA-01.
    in part  Which policy allowed it?
             275 of 755 acts hold the policy's decision.
             Asked by OWASP NHI Top 10 2025 NHI5; NIST CSF 2.0 PR.AA-05; NIST SP 800-207 tenet 4.
    in part  What exactly was asked for?
             659 of 755 acts hold the tool or the request.
             Asked by OWASP Agentic Top 10 2026 ASI02; NIST AI RMF MEASURE 2.8; EU AI Act article 12(1).
    in part  Which data was touched, and how sensitive is it?
             123 of 755 acts name what was touched; 34 of 755 acts say how it is classified.
             Asked by NIST CSF 2.0 DE.CM-09; NIST AI RMF MEASURE 2.8.
    in part  Did somebody approve it?
             2 of 755 acts name an approval.
             Asked by OWASP Agentic Top 10 2026 ASI03, ASI09; NIST AI RMF MAP 3.5; EU AI Act article
             12(2).
    yes      How did it end?
             755 of 755 acts say how it ended.
             Asked by NIST CSF 2.0 DE.CM-03, DE.CM-09; EU AI Act article 12(2).
    yes      Could its record have been changed or taken away unseen?
             725 of 755 acts are under a seal that holds.
             Asked by NIST CSF 2.0 DE.CM-09; EU AI Act article 12(1).

    What cannot be told, and of how many acts
      2 of 755 acts: a shared or human account, or nobody; which workload acted cannot be told.
      18 of 755 acts: a credential that is not known to end; when it leaked, and until when it worked,
      cannot be told.
      96 of 755 acts: neither tool nor request; what was asked for cannot be told.
      480 of 755 acts: the outcome without the decision; why it was allowed cannot be told.

    Shares by source, in percent of its acts
    source                                        acts  workload  cred  ends  minted  decided  request  resource  class  approved  outcome  sealed
    nhi-bundle/attachments…udit-2026-06-10.jsonl    30       100    73    73      73      100      100       100      0         0      100       0
    nhi-bundle/streams/agents-prod.jsonl           427        99    79    79      79       45       78        21      7         0      100     100
    nhi-bundle/streams/payments.jsonl              298        99     5     0       0       16       98        <1     <1        <1      100     100

    Shares by stream, in percent of its acts
    stream                                        acts  workload  cred  ends  minted  decided  request  resource  class  approved  outcome  sealed
    example.com/agents-prod                        427        99    79    79      79       45       78        21      7         0      100     100
    example.com/payments                           298        99     5     0       0       16       98        <1     <1        <1      100     100
    nhi-bundle/attachments…udit-2026-06-10.jsonl    30       100    73    73      73      100      100       100      0         0      100       0

    Shares by identity, those with the most acts first
    identity                                      acts  workload  cred  ends  minted  decided  request  resource  class  approved  outcome  sealed
    spiffe://example.com/agent/payments            128       100    12     0       0        0       98        <1     <1        <1      100     100
    spiffe://example.com/sts                        90       100     3     3       3      100        0         0      0         0      100     100
    spiffe://example.com/policy/payments            49       100     0     0       0      100      100         0      0         0      100     100
    spiffe://example.com/policy/tools               48       100   100   100     100      100      100         0      0         0      100     100
    spiffe://example.com/agent/coder                39       100   100   100     100       23      100        30      7         0      100     100
    spiffe://example.com/agent/support              34       100   100   100     100       11      100        26     14         0      100     100
    spiffe://example.com/agent/refunds              32       100     0     0       0        0      100         0      0         0      100     100
    spiffe://example.com/agent/reviewer             32       100   100   100     100       15      100        31     15         0      100     100
    spiffe://example.com/agent/invoicer             31       100     0     0       0        0      100         0      0         0      100     100
    spiffe://example.com/agent/indexer              30       100   100   100     100       30      100        36      6         0      100     100
    spiffe://example.com/agent/reporter             30       100   100   100     100       13      100        20      6         0      100     100
    spiffe://example.com/agent/subscriptions        29       100     0     0       0        0      100         0      0         0      100     100
    spiffe://example.com/agent/metrics              27       100   100   100     100       18      100        29     11         0      100     100
    spiffe://example.com/agent/checkout             26       100     0     0       0        0      100         0      0         0      100     100
    spiffe://example.com/agent/etl                  25       100   100   100     100       16      100        36     20         0      100     100
    spiffe://example.com/agent/search               25       100   100   100     100       24      100        36     12         0      100     100
    spiffe://example.com/agent/mailer               22       100   100   100     100       18      100        22      4         0      100     100
    spiffe://example.com/agent/scraper              21       100   100   100     100       33      100        52     19         0      100     100
    system:serviceaccount:kube-system:kube-proxy     5       100   100   100     100      100      100       100      0         0      100       0
    system:serviceaccount:…-manager:cert-manager     4       100   100   100     100      100      100       100      0         0      100       0
    system:serviceaccount:argocd:repo-server         3       100   100   100     100      100      100       100      0         0      100       0
    system:serviceaccount:shop:checkout              3       100   100   100     100      100      100       100      0         0      100       0
    system:node:ip-10-42-0…st-1.compute.internal     2       100     0     0       0      100      100       100      0         0      100       0
    system:node:ip-10-42-0…st-1.compute.internal     2       100     0     0       0      100      100       100      0         0      100       0
    14 identities more; --json lists up to 200

    Which time the sources cover
      example.com/agents-prod (nhi-audit-bundle), 440 records; a cut tail would be seen
        sealed    2026-06-11T20:00:00Z to 2026-06-12T06:00:00Z
      example.com/payments (nhi-audit-bundle), 310 records; a cut tail would be seen
        sealed    2026-06-11T20:00:00Z to 2026-06-12T06:00:00Z
      nhi-bundle/attachments/kubernetes/audit-2026-06-10.jsonl (kubernetes-audit), 40 records; a cut tail would not be seen
        unsealed  2026-06-10T08:02:00.888969Z to 2026-06-10T08:58:32.721611Z  the log has no seal
    ");
}

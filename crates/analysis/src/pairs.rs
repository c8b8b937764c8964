//! Which records are of one event: stages of a Kubernetes request, request and response of a Vault
//! operation, a record that was delivered or imported twice.
//!
//! Records come here because they share a native id, or a hash of it; both can be forged. So a
//! record is never taken into another's event unless its bytes are the same, or it is another stage
//! and names no other actor, credential or act. What is taken in is cited by the event, and counted
//! as a record where it lies.

use crate::act::Name;
use evidence::{Digest, Format};
use std::collections::HashMap;

/// More different records than this under one id are no event: only equal bytes are joined then.
const MOST_STAGES: usize = 64;

/// A record that shares its native id with others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Its file, by a number that does not depend on the order of import: files compare by path and
    /// content.
    pub source: u32,
    /// Its place in the file.
    pub ordinal: u32,
    /// See [`stage`].
    pub stage: u8,
    /// Actor, credential, and what its format calls the act, as far as it says.
    pub says: [Option<Name>; 3],
    /// SHA-256 of its bytes. Needed where [`needs_digests`] says so; without it no bytes are equal.
    pub digest: Option<Digest>,
}

/// Which of its event's records this is, 0 where the format has but one kind or it does not say:
/// Kubernetes' `stage` (1 `RequestReceived`, 2 `ResponseStarted`, 3 `ResponseComplete`, 4 `Panic`)
/// and Vault's `type` (1 `request`, 2 `response`). The highest leads.
pub fn stage(format: Format, record: &[u8]) -> u8 {
    let (member, words): (&[u8], &[&[u8]]) = match format {
        Format::KubernetesAudit => (
            b"stage",
            &[
                b"RequestReceived",
                b"ResponseStarted",
                b"ResponseComplete",
                b"Panic",
            ],
        ),
        Format::VaultAudit => (b"type", &[b"request", b"response"]),
        _ => return 0,
    };
    let word = top_level_text(record, member);
    let at = words.iter().position(|known| Some(*known) == word);
    at.map_or(0, |at| at as u8 + 1)
}

/// The text of a string member of the outermost object, as it is written: the first of that name.
fn top_level_text<'a>(bytes: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let (mut depth, mut at, mut key) = (0_u32, 0, None);
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'{' | b'[' => depth = depth.saturating_add(1),
            b'}' | b']' => depth = depth.saturating_sub(1),
            b',' if depth == 1 => key = None,
            b'"' => {
                let start = at + 1;
                at = start;
                while *bytes.get(at)? != b'"' {
                    at += if bytes[at] == b'\\' { 2 } else { 1 };
                }
                let text = bytes.get(start..at)?;
                match key {
                    None if depth == 1 => key = Some(text),
                    Some(key) if depth == 1 && key == name => return Some(text),
                    _ => {}
                }
            }
            b't' | b'f' | b'n' | b'0'..=b'9' | b'-' if depth == 1 && key == Some(name) => {
                return None;
            }
            _ => {}
        }
        if depth > 1 && key == Some(name) {
            return None;
        }
        at += 1;
    }
    None
}

/// Whether the bytes of these members have to be compared: two are of the same stage.
pub fn needs_digests(members: &[Member]) -> bool {
    let mut seen = [false; 256];
    members
        .iter()
        .any(|member| std::mem::replace(&mut seen[usize::from(member.stage)], true))
}

/// Which of the members leads the event of each: an index for each, its own where it leads. The
/// answer does not depend on the order of the members.
///
/// - Equal bytes are one event, of which the first by source and ordinal leads. In a sealed format
///   only across files: a copy within one file was inserted, and stays an event of its own. The
///   nth copy of one file goes with the nth of another.
/// - In Kubernetes and Vault logs different stages are one event, which the last of them leads,
///   unless they disagree in actor, credential or act. A second record of one stage that differs
///   is no delivery of the first.
/// - Else records that share an id are events of their own: an id is only a claim.
pub fn leaders(format: Format, members: &[Member]) -> Vec<usize> {
    let staged = matches!(format, Format::KubernetesAudit | Format::VaultAudit);
    let mut order: Vec<usize> = (0..members.len()).collect();
    order.sort_unstable_by_key(|&at| (members[at].source, members[at].ordinal, at));
    let mut leaders: Vec<usize> = (0..members.len()).collect();
    let mut copies: HashMap<(Digest, u32), u32> = HashMap::new();
    let mut first: HashMap<(Digest, u32), usize> = HashMap::new();
    let mut different = Vec::new();
    for &at in &order {
        let Some(digest) = members[at].digest else {
            different.push(at);
            continue;
        };
        let nth = if staged {
            0
        } else {
            let copy = copies.entry((digest, members[at].source)).or_default();
            *copy += 1;
            *copy
        };
        let leader = *first.entry((digest, nth)).or_insert(at);
        leaders[at] = leader;
        if leader == at {
            different.push(at);
        }
    }
    if staged && different.len() <= MOST_STAGES {
        join_stages(members, different, &mut leaders);
    }
    leaders
}

/// An event in the making.
struct Joined {
    leader: usize,
    stages: Vec<u8>,
    says: [Option<Name>; 3],
}

/// Joins different stages. `different` are by source and ordinal.
fn join_stages(members: &[Member], mut different: Vec<usize>, leaders: &mut [usize]) {
    different.sort_by_key(|&at| std::cmp::Reverse(members[at].stage));
    let mut events: Vec<Joined> = Vec::new();
    let mut joined: HashMap<usize, usize> = HashMap::new();
    for at in different {
        let Member { stage, says, .. } = members[at];
        let fits = |event: &&mut Joined| {
            let agree = |(one, other): (&Option<Name>, &Option<Name>)| {
                one.is_none() || other.is_none() || one == other
            };
            stage > 0
                && event.stages.iter().all(|&other| other > stage)
                && event.says.iter().zip(&says).all(agree)
        };
        match events.iter_mut().find(fits) {
            Some(event) => {
                event.stages.push(stage);
                for (known, said) in event.says.iter_mut().zip(says) {
                    *known = known.or(said);
                }
                joined.insert(at, event.leader);
            }
            None => events.push(Joined {
                leader: at,
                stages: vec![stage],
                says,
            }),
        }
    }
    // Those that lead copies of their own bring them along.
    for leader in leaders.iter_mut() {
        if let Some(&other) = joined.get(leader) {
            *leader = other;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn member(source: u32, ordinal: u32, stage: u8, says: [u32; 3], bytes: u8) -> Member {
        Member {
            source,
            ordinal,
            stage,
            says: says.map(|name| (name > 0).then_some(Name(name))),
            digest: Some(Digest([bytes; 32])),
        }
    }

    #[test]
    fn the_stage_is_read_from_the_record_itself_and_from_nothing_within_it() {
        let kubernetes = |text: &str| stage(Format::KubernetesAudit, text.as_bytes());
        let vault = |text: &str| stage(Format::VaultAudit, text.as_bytes());
        assert_eq!(
            kubernetes(r#"{"a":{"stage":"Panic"},"stage":"RequestReceived"}"#),
            1
        );
        assert_eq!(
            kubernetes(r#"{"b":"x\",\"stage\":\"Panic", "stage" : "ResponseStarted"}"#),
            2
        );
        assert_eq!(
            kubernetes(r#"{"x":["stage","Panic"],"stage":"ResponseComplete"}"#),
            3
        );
        assert_eq!(kubernetes(r#"{"stage":"Panic"}"#), 4);
        assert_eq!(
            vault(r#"{"request":{"type":"response"},"type":"request"}"#),
            1
        );
        assert_eq!(vault(r#"{"time":"t","type":"response"}"#), 2);
        // The value of another member is no name; of two members the first counts, as it does for
        // the event.
        assert_eq!(vault(r#"{"x":"type","y":"response"}"#), 0);
        assert_eq!(vault(r#"{"type":1,"type":"response"}"#), 0);
        assert_eq!(vault(r#"{"type":{"a":"response"},"type":"response"}"#), 0);
        assert_eq!(vault(r#"{"type":null,"b":"response"}"#), 0);
        for cut in [
            "",
            "{",
            r#"{"type"#,
            r#"{"type":"resp"#,
            r#"{"type":"\"#,
            "}}}]",
        ] {
            assert_eq!(vault(cut), 0, "{cut}");
        }
        assert_eq!(stage(Format::CloudTrail, br#"{"type":"response"}"#), 0);
    }

    #[test]
    fn the_last_stage_leads_the_others() {
        let says = [1, 2, 3];
        let stages = [
            member(0, 0, 1, says, 1),
            member(0, 1, 2, says, 2),
            member(0, 2, 3, says, 3),
        ];
        assert_eq!(leaders(Format::KubernetesAudit, &stages), [2, 2, 2]);
        let pair = [member(0, 0, 1, [0, 0, 3], 1), member(1, 9, 2, says, 2)];
        assert_eq!(leaders(Format::VaultAudit, &pair), [1, 1]);
        // The same, but of a format without stages.
        assert_eq!(leaders(Format::CloudTrail, &pair), [0, 1]);
    }

    #[test]
    fn records_that_disagree_stay_events_of_their_own_whatever_id_they_share() {
        let says = [1, 2, 3];
        for other in [[9, 2, 3], [1, 9, 3], [1, 2, 9]] {
            let pair = [member(0, 0, 1, other, 1), member(0, 1, 2, says, 2)];
            assert_eq!(leaders(Format::VaultAudit, &pair), [0, 1]);
        }
        // Two that say nothing of an actor agree with the response, and not with each other's.
        let three = [
            member(0, 0, 1, [7, 0, 3], 1),
            member(0, 1, 2, [0, 2, 3], 2),
            member(0, 2, 3, [8, 2, 3], 3),
        ];
        assert_eq!(leaders(Format::KubernetesAudit, &three), [0, 2, 2]);
        // A second response that differs is another event.
        let twice = [
            member(0, 0, 1, says, 1),
            member(0, 1, 2, says, 2),
            member(0, 2, 2, says, 3),
        ];
        assert_eq!(leaders(Format::VaultAudit, &twice), [1, 1, 2]);
    }

    #[test]
    fn equal_ids_with_other_bytes_are_not_one_delivery() {
        let says = [1, 2, 3];
        let two = [member(0, 0, 0, says, 1), member(1, 0, 0, says, 2)];
        assert_eq!(leaders(Format::CloudTrail, &two), [0, 1]);
        let same = [member(0, 0, 0, says, 1), member(1, 0, 0, says, 1)];
        assert_eq!(leaders(Format::CloudTrail, &same), [0, 0]);
        let unread = same.map(|member| Member {
            digest: None,
            ..member
        });
        assert_eq!(leaders(Format::CloudTrail, &unread), [0, 1]);
    }

    #[test]
    fn a_copy_within_one_sealed_file_is_not_hidden_and_goes_with_its_like() {
        let copy = |source, ordinal| member(source, ordinal, 0, [0; 3], 1);
        let copies = [copy(0, 3), copy(1, 3), copy(0, 8), copy(1, 8), copy(1, 9)];
        assert_eq!(leaders(Format::NhiAuditBundle, &copies), [0, 0, 2, 2, 4]);
        assert_eq!(leaders(Format::KubernetesAudit, &copies), [0; 5]);
    }

    #[test]
    fn a_thousand_records_forged_under_one_id_stay_a_thousand_events() {
        let forged: Vec<Member> = (0..1000)
            .map(|at| Member {
                digest: Some(Digest::of(&[(at % 256) as u8, (at / 256) as u8])),
                ..member(0, at, (at % 4) as u8 + 1, [1, 2, 3], 0)
            })
            .collect();
        let own: Vec<usize> = (0..1000).collect();
        assert_eq!(leaders(Format::KubernetesAudit, &forged), own);
    }

    fn group() -> impl Strategy<Value = Vec<Member>> {
        let one = (0..3u32, 0..5u8, [0..3u32, 0..3u32, 0..3u32], 0..6u8);
        prop::collection::vec(one, 0..12).prop_map(|group| {
            let made = group.into_iter().enumerate();
            made.map(|(at, (source, stage, says, bytes))| {
                // Equal bytes say the same.
                let (stage, says) = if bytes < 2 {
                    (3, [1, 1, 1])
                } else {
                    (stage, says)
                };
                let bytes = if bytes < 2 { bytes } else { 10 + at as u8 };
                member(source, at as u32, stage, says, bytes)
            })
            .collect()
        })
    }

    proptest! {
        #[test]
        fn whatever_the_order_the_same_records_are_joined_and_none_that_disagree(
            (group, other) in group().prop_flat_map(|group| (Just(group.clone()), Just(group).prop_shuffle())),
            staged in any::<bool>(),
        ) {
            let format = if staged { Format::KubernetesAudit } else { Format::CloudTrail };
            let found = |group: &[Member]| -> Vec<(Member, Member)> {
                let leaders = leaders(format, group);
                let mut pairs: Vec<_> = leaders.iter().enumerate()
                    .map(|(at, &leader)| (group[at].clone(), group[leader].clone())).collect();
                pairs.sort_by_key(|(member, _)| (member.source, member.ordinal));
                // Whoever leads leads itself, so every record is cited by an event.
                assert!(leaders.iter().all(|&leader| leaders[leader] == leader));
                pairs
            };
            let pairs = found(&group);
            prop_assert_eq!(&pairs, &found(&other));
            for (member, leader) in &pairs {
                let agree = member.says.iter().zip(&leader.says)
                    .all(|(one, other)| one.is_none() || other.is_none() || one == other);
                prop_assert!(member.digest == leader.digest || staged && agree && member.stage < leader.stage);
            }
        }

        #[test]
        fn no_bytes_make_the_stage_fail(bytes in prop::collection::vec(prop::sample::select(&b"{}[]\",:\\type1n "[..]), 0..60)) {
            stage(Format::VaultAudit, &bytes);
        }
    }
}

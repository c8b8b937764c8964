//! One credential at two places at once.

use super::limits::Limit;
use super::scene::{Moment, Scene};
use super::{Assessed, Gathered, Rule, RuleText, Strength, SubjectKind, one, span};
use crate::act::{Act, Name, Role};
use crate::mapping::{Mapping, agentic, attack, nhi};
use std::collections::HashMap;
use std::net::IpAddr;

pub(super) static TEXT: RuleText = RuleText {
    code: "token-replayed",
    title: "one credential at two places at once",
    about: "One credential comes from two networks (IPv4 /16, IPv6 /48) within the window. A service \
            that gives its name for an address is no place. One workload behind several gateways, or \
            with a private and a public way out, looks the same: somebody has to look.",
    strength: Strength::Indicator,
    mapping: Mapping {
        nhi: &[nhi::REUSE],
        agentic: &[agentic::PRIVILEGE],
        attack: &[attack::ACCESS_TOKEN],
    },
    limits: &[Limit::ReplayWindow, Limit::ClockTolerance],
};

/// The network that an address is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Place {
    V4([u8; 2]),
    V6([u16; 3]),
}

fn place(text: &str) -> Option<Place> {
    let address: IpAddr = text.parse().ok()?;
    match address.to_canonical() {
        IpAddr::V4(it) if !it.is_loopback() && !it.is_unspecified() => {
            let [a, b, ..] = it.octets();
            Some(Place::V4([a, b]))
        }
        IpAddr::V6(it) if !it.is_loopback() && !it.is_unspecified() => {
            let [a, b, c, ..] = it.segments();
            Some(Place::V6([a, b, c]))
        }
        _ => None,
    }
}

#[derive(Debug)]
struct Seen {
    /// The two places it was at last, the newer one last, each with its latest moment.
    last: Vec<(Place, Name, Moment)>,
    found: Option<Found>,
}

#[derive(Debug)]
struct Found {
    from: (Name, Moment),
    to: Name,
    gathered: Gathered,
}

#[derive(Debug, Default)]
pub(super) struct Replay {
    places: HashMap<Name, Option<Place>>,
    seen: HashMap<Name, Seen>,
    addressed: u64,
}

impl Rule for Replay {
    fn see(&mut self, act: &Act, scene: &mut Scene<'_>) {
        let (Some(used), Some(address), Some(now)) =
            (scene.used(act), act.name(Role::SourceIp), Moment::of(act))
        else {
            return;
        };
        let known = self.places.get(&address).copied();
        let here = known.unwrap_or_else(|| {
            let here = place(&scene.text(address));
            self.places.insert(address, here);
            here
        });
        let Some(here) = here else { return };
        self.addressed += 1;
        let window = scene.limit(Limit::ReplayWindow);
        let seen = self.seen.entry(used).or_insert_with(|| Seen {
            last: Vec::new(),
            found: None,
        });
        let elsewhere = seen
            .last
            .iter()
            .filter(|(there, _, _)| *there != here)
            .filter(|(_, _, then)| now.time.0.saturating_sub(then.time.0) <= window)
            .max_by_key(|(there, _, then)| (then.time, *there))
            .copied();
        if let Some((_, address_there, then)) = elsewhere {
            let found = seen.found.get_or_insert_with(|| Found {
                from: (address_there, then),
                to: address,
                gathered: Gathered::default(),
            });
            found.gathered.add(act, "elsewhere", then.is_sound());
        }
        seen.last.retain(|(there, _, _)| *there != here);
        seen.last.push((here, address, now));
        if seen.last.len() > 2 {
            seen.last.remove(0);
        }
    }

    fn end(&mut self, scene: &mut Scene<'_>) -> Vec<Assessed> {
        let mut findings = Vec::new();
        for (name, seen) in self.seen.drain() {
            let Some(Found { from, to, gathered }) = seen.found else {
                continue;
            };
            let id = scene.text(name).to_string();
            let (one_place, other) = (scene.text(from.0), scene.text(to));
            let apart = gathered.first.map_or(0, |first| first.0 - from.1.time.0);
            let message = format!(
                "{id} came from {one_place} at {} and from {other} {} later.",
                from.1.time,
                span(apart)
            );
            findings.push(gathered.finding(
                &TEXT,
                (SubjectKind::Credential, id),
                message,
                [from.1.row("here")],
            ));
        }
        let reason = (self.addressed == 0)
            .then(|| "no act with a credential says which address it came from".to_owned());
        vec![one(&TEXT, findings, reason)]
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use crate::act::Role;

    fn from(second: i64, ip: &str) -> Told {
        at(second, "call").using("jti:1").named(Role::SourceIp, ip)
    }

    fn found(told: Vec<Told>) -> usize {
        super::super::testing::found("token-replayed", told).len()
    }

    #[test]
    fn two_networks_within_the_window_are_found() {
        assert_eq!(
            found(vec![from(0, "10.1.2.3"), from(900, "203.0.113.77")]),
            1
        );
        assert_eq!(
            found(vec![from(0, "2001:db8:1::1"), from(1, "2001:db8:2::1")]),
            1
        );
        let back = vec![
            from(0, "10.1.2.3"),
            from(1, "203.0.113.77"),
            from(2, "10.1.2.3"),
        ];
        assert_eq!(found(back), 1);
    }

    #[test]
    fn one_network_a_service_or_a_long_while_are_not() {
        for near in [
            vec![from(0, "10.1.2.3"), from(1, "10.1.9.9")],
            vec![from(0, "10.1.2.3"), from(1, "::ffff:10.1.2.3")],
            vec![from(0, "10.1.2.3"), from(901, "203.0.113.77")],
            vec![from(0, "10.1.2.3"), from(1, "cloudformation.amazonaws.com")],
            vec![from(0, "10.1.2.3"), from(1, "127.0.0.1")],
            vec![from(0, "10.1.2.3"), from(1, "203.0.113.77").undated()],
            vec![
                from(0, "10.1.2.3"),
                at(1, "call")
                    .using("jti:2")
                    .named(Role::SourceIp, "203.0.113.77"),
            ],
        ] {
            assert_eq!(found(near.clone()), 0, "{near:?}");
        }
    }
}

//! Finds a member name that stands twice.

use super::Value;
use std::borrow::Cow;

/// Up to so many members are compared with one another; more are sorted, so that an object of a
/// million members costs no square of it.
const FEW: usize = 32;

/// The index of the first member whose name one before it has.
pub(super) fn first(members: &[(Cow<'_, str>, Value<'_>)]) -> Option<usize> {
    if members.len() <= FEW {
        among_few(members)
    } else {
        among_many(members)
    }
}

/// A name is compared with those before it only where one of them has the same bit of 64.
fn among_few(members: &[(Cow<'_, str>, Value<'_>)]) -> Option<usize> {
    let mut seen = 0_u64;
    for (index, (name, _)) in members.iter().enumerate() {
        let bit = 1 << fingerprint(name.as_bytes());
        if seen & bit != 0 && members[..index].iter().any(|(other, _)| other == name) {
            return Some(index);
        }
        seen |= bit;
    }
    None
}

/// A number below 64 that equal names share and different ones mostly do not.
fn fingerprint(name: &[u8]) -> u32 {
    let (Some(&first), Some(&last)) = (name.first(), name.last()) else {
        return 0;
    };
    let middle = name[name.len() / 2];
    let mixed = (name.len() as u32)
        .wrapping_add(u32::from(first) << 8 | u32::from(middle) << 16 | u32::from(last) << 24)
        .wrapping_mul(0x9e37_79b1);
    mixed >> 26
}

fn among_many(members: &[(Cow<'_, str>, Value<'_>)]) -> Option<usize> {
    let mut names: Vec<(&str, usize)> = members
        .iter()
        .enumerate()
        .map(|(index, (name, _))| (&**name, index))
        .collect();
    names.sort_unstable();
    names
        .windows(2)
        .filter(|pair| pair[0].0 == pair[1].0)
        .map(|pair| pair[1].1)
        .min()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn members(names: &[String]) -> Vec<(Cow<'_, str>, Value<'_>)> {
        names
            .iter()
            .map(|name| (Cow::Borrowed(name.as_str()), Value::Null))
            .collect()
    }

    proptest! {
        #[test]
        fn both_ways_find_the_first(names in prop::collection::vec("[a-c]{0,3}", 0..40)) {
            let members = members(&names);
            let naive = (0..names.len()).find(|&i| names[..i].contains(&names[i]));
            prop_assert_eq!(among_few(&members), naive);
            prop_assert_eq!(among_many(&members), naive);
            prop_assert_eq!(first(&members), naive);
        }
    }
}

//! A name that looks like another's and is not.

use super::scene::Scene;
use super::{Assessed, Gathered, Rule, RuleText, Strength, SubjectKind, counted, one};
use crate::act::{Act, Name, Role};
use crate::mapping::{Mapping, agentic, attack, nhi};
use std::collections::{BTreeMap, HashMap};

pub(super) static TEXT: RuleText = RuleText {
    code: "identity-lookalike",
    title: "a name that looks like another's and is not",
    about: "An identity acts whose name has letters of another script, or invisible characters, in the \
            place of Latin letters, and with those replaced it is the name of another identity in \
            evidence. That the two names differ is certain; that it was meant to deceive, a human says.",
    strength: Strength::Indicator,
    mapping: Mapping {
        nhi: &[nhi::AUTHENTICATION],
        agentic: &[agentic::COMMUNICATION],
        attack: &[attack::ACCOUNT_NAME],
    },
    limits: &[],
};

/// Cyrillic and Greek letters, and forms of letters, that look like Latin ones: a part of the
/// confusables of Unicode Technical Standard 39.
fn plain(c: char) -> Option<char> {
    Some(match c {
        'а' | 'α' => 'a',
        'в' => 'b',
        'с' | 'ϲ' => 'c',
        'ԁ' => 'd',
        'е' | 'ё' | 'ҽ' => 'e',
        'һ' => 'h',
        'і' | 'ι' | 'ı' => 'i',
        'ј' => 'j',
        'к' | 'κ' => 'k',
        'ӏ' => 'l',
        'м' => 'm',
        'п' => 'n',
        'о' | 'ο' | 'օ' => 'o',
        'р' | 'ρ' => 'p',
        'ԛ' => 'q',
        'г' => 'r',
        'ѕ' => 's',
        'т' | 'τ' => 't',
        'υ' | 'ս' => 'u',
        'ν' | 'ѵ' => 'v',
        'ԝ' => 'w',
        'х' | 'χ' => 'x',
        'у' | 'γ' => 'y',
        'А' | 'Α' => 'A',
        'В' | 'Β' => 'B',
        'С' => 'C',
        'Е' | 'Ε' => 'E',
        'Н' | 'Η' => 'H',
        'І' | 'Ι' => 'I',
        'К' | 'Κ' => 'K',
        'М' | 'Μ' => 'M',
        'О' | 'Ο' => 'O',
        'Р' | 'Ρ' => 'P',
        'Ѕ' => 'S',
        'Т' | 'Τ' => 'T',
        'Х' | 'Χ' => 'X',
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0)?,
        _ => return None,
    })
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}')
}

/// The name with what looks like Latin made Latin; `None` where nothing does.
fn skeleton(text: &str) -> Option<String> {
    if text.is_ascii() {
        return None;
    }
    let mut changed = false;
    let out = text
        .chars()
        .filter(|&c| {
            changed |= is_invisible(c);
            !is_invisible(c)
        })
        .collect::<String>()
        .chars()
        .map(|c| {
            let plain = plain(c);
            changed |= plain.is_some();
            plain.unwrap_or(c)
        })
        .collect();
    changed.then_some(out)
}

#[derive(Debug, Default)]
pub(super) struct Lookalike {
    /// Whether a name is worth keeping its acts for.
    odd: HashMap<Name, bool>,
    acts: HashMap<Name, Gathered>,
}

impl Rule for Lookalike {
    fn see(&mut self, act: &Act, scene: &mut Scene<'_>) {
        for role in [Role::Actor, Role::Subject] {
            let Some(name) = act.name(role) else { continue };
            let odd = match self.odd.get(&name) {
                Some(&odd) => odd,
                None => {
                    let odd = !scene.text(name).is_ascii();
                    self.odd.insert(name, odd);
                    odd
                }
            };
            if odd {
                let part = if role == Role::Actor {
                    "acted"
                } else {
                    "named"
                };
                self.acts.entry(name).or_default().add(act, part, true);
            }
        }
    }

    fn end(&mut self, scene: &mut Scene<'_>) -> Vec<Assessed> {
        let plain: BTreeMap<_, _> = self
            .odd
            .keys()
            .map(|&name| (scene.text(name), name))
            .collect();
        let mut findings = Vec::new();
        for (name, gathered) in self.acts.drain() {
            let text = scene.text(name);
            let Some(like) = skeleton(&text).filter(|like| plain.contains_key(like.as_str()))
            else {
                continue;
            };
            let letters: Vec<String> = text
                .chars()
                .filter(|&c| super::lookalike::plain(c).is_some() || is_invisible(c))
                .map(|c| format!("U+{:04X}", c as u32))
                .collect();
            let message = format!(
                "{text} is not {like}: it is written with {}. It is named by {}.",
                letters.join(" "),
                counted(gathered.count, "act", "acts")
            );
            findings.push(gathered.finding(
                &TEXT,
                (SubjectKind::Identity, text.to_string()),
                message,
                [],
            ));
        }
        vec![one(&TEXT, findings, None)]
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;

    const CODE: &str = "identity-lookalike";

    #[test]
    fn cyrillic_letters_in_a_known_name_are_found_and_named() {
        let told = found(
            CODE,
            [
                at(1, "call").by("agent/deployer"),
                at(2, "call").by("agent/d\u{435}\u{440}loy\u{435}r"),
            ],
        );
        assert_eq!(told.len(), 1);
        assert!(
            told[0]
                .message
                .contains("is not agent/deployer: it is written with U+0435 U+0440 U+0435.")
        );
        let invisible = [at(1, "call").by("bot"), at(2, "call").by("b\u{200b}ot")];
        assert_eq!(found(CODE, invisible).len(), 1);
    }

    #[test]
    fn a_name_of_another_script_that_is_like_nobody_s_is_not() {
        for near in ["größe", "東京", "почта", "d\u{435}ployer2"] {
            let told = [at(1, "call").by("deployer"), at(2, "call").by(near)];
            assert_eq!(found(CODE, told), [], "{near}");
        }
    }
}

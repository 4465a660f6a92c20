//! Patterns against a plain search of the tree that was read: what is written for the engine finds the same.

use super::fault::FaultKind;
use super::read::Reader;
use super::tree::Node;
use super::{Pattern, flags};
use crate::document::tests::random::Dice;

const BYTES_MAX: usize = 512;
const SEEDS: u64 = 20_000;

const ATOMS: &[&str] = &[
    "a",
    "b",
    "A",
    "é",
    "\\n",
    ".",
    "^",
    "$",
    "\\b",
    "\\B",
    "\\A",
    "\\z",
    "\\Z",
    "[ab]",
    "[^a]",
    "[^b\\n]",
    "\\w",
    "\\W",
    "\\s",
    "\\S",
    "\\d",
    "a ",
    "\\ ",
    "(?i)",
    "(?-i)",
    "(?m)",
    "(?s)",
    "(?x) # c\\n",
    "\\Q.\\E",
    "\\x61",
    "[[:alpha:]]",
    "\\h",
    "\\N",
    "\\Qa b\\E",
    "",
];
const REPEATS: &[&str] = &["", "", "", "*", "+", "?", "{2}", "{0,1}", "{1,}", "*?", "{0}"];
const LETTERS: &[char] =
    &['a', 'b', 'A', 'B', '\n', '\n', ' ', 'é', 'É', '_', '1', 'ſ', '\u{212A}', 'k', 's', '.'];

fn alternatives(dice: &mut Dice, depth: usize, out: &mut String) {
    for at in 0..=dice.below(3) / 2 {
        if at > 0 {
            out.push('|');
        }
        for _ in 0..dice.below(4) {
            if depth > 0 && dice.below(4) == 0 {
                out.push_str(["(", "(?:", "(?i:", "(?m-s:", "(?<n>"][dice.below(4) as usize]);
                alternatives(dice, depth - 1, out);
                out.push(')');
            } else {
                out.push_str(ATOMS[dice.below(ATOMS.len() as u64) as usize]);
            }
            out.push_str(REPEATS[dice.below(REPEATS.len() as u64) as usize]);
        }
    }
}

/// Whether the rest of a match, as `then` asks, follows the node somewhere behind `at`.
fn leads(node: &Node, text: &[char], at: usize, then: &mut dyn FnMut(usize) -> bool) -> bool {
    let before = at.checked_sub(1).map(|at| text[at]);
    let here = text.get(at).copied();
    let is_word = |char: Option<char>| char.is_some_and(|char| char.is_ascii_alphanumeric() || char == '_');
    match node {
        Node::Set(set) => {
            let takes =
                |char: char| set.ranges().iter().any(|range| (range.start()..=range.end()).contains(&char));
            here.is_some_and(takes) && then(at + 1)
        }
        Node::TextStart => at == 0 && then(at),
        Node::LineStart => (at == 0 || (before == Some('\n') && here.is_some())) && then(at),
        Node::TextEnd => here.is_none() && then(at),
        Node::LastLineEnd => (here.is_none() || text[at..] == ['\n']) && then(at),
        Node::LineEnd => (here.is_none() || here == Some('\n')) && then(at),
        Node::WordBoundary(wanted) => ((is_word(before) != is_word(here)) == *wanted) && then(at),
        Node::Concat(nodes) => match nodes.split_first() {
            None => then(at),
            Some((first, rest)) => {
                let rest = Node::Concat(rest.to_vec());
                leads(first, text, at, &mut |at| leads(&rest, text, at, then))
            }
        },
        Node::Either(nodes) => nodes.iter().any(|node| leads(node, text, at, then)),
        Node::Repeat { max: Some(0), .. } => then(at),
        Node::Repeat { node, min: 0, max } => {
            let again = Node::Repeat { node: node.clone(), min: 0, max: max.map(|max| max - 1) };
            leads(node, text, at, &mut |end| end > at && leads(&again, text, end, then)) || then(at)
        }
        Node::Repeat { node, min, max } => {
            let again = Node::Repeat { node: node.clone(), min: min - 1, max: max.map(|max| max - 1) };
            leads(node, text, at, &mut |at| leads(&again, text, at, then))
        }
    }
}

fn finds(node: &Node, text: &[char]) -> bool {
    (0..=text.len()).any(|at| leads(node, text, at, &mut |_| true))
}

#[test]
fn what_is_written_finds_what_was_read() {
    let (mut compiled, mut refused) = (0, 0);
    for seed in 0..SEEDS {
        let mut dice = Dice::new(seed);
        let mut pattern = String::new();
        alternatives(&mut dice, 2, &mut pattern);
        let options = ["", "", "i", "m", "im", "s", "x"][dice.below(7) as usize];
        let translated = match Pattern::new(&pattern, options, BYTES_MAX) {
            Ok(translated) => translated,
            Err(fault) => {
                refused += u64::from(fault.kind == FaultKind::Unsupported);
                continue;
            }
        };
        compiled += 1;
        let tree =
            Reader::new(&pattern, flags(options).expect("options")).read().expect("it was read before");
        for _ in 0..6 {
            let text: Vec<char> =
                (0..dice.below(6)).map(|_| LETTERS[dice.below(LETTERS.len() as u64) as usize]).collect();
            let found = translated.is_match(&text.iter().collect::<String>());
            assert_eq!(
                found,
                finds(&tree, &text),
                "seed {seed}: {pattern:?}, options {options:?}, on {text:?}"
            );
            if let Some(prefix) = translated.prefix() {
                let begins = text.iter().collect::<String>().starts_with(&prefix.text);
                let right = if prefix.is_all { found == begins } else { begins || !found };
                assert!(right, "seed {seed}: {pattern:?}, options {options:?}, on {text:?}: {prefix:?}");
            }
        }
    }
    assert!(compiled > SEEDS / 3 && refused > 0, "{compiled} patterns were compiled and {refused} refused");
}

#[test]
fn a_prefix_is_what_every_match_begins_with() {
    let check = |pattern: &str, options: &str, expected: Option<(&str, bool)>| {
        let pattern = Pattern::new(pattern, options, BYTES_MAX).expect("a pattern");
        let prefix = pattern.prefix().map(|prefix| (prefix.text.as_str(), prefix.is_all));
        assert_eq!(prefix, expected, "{pattern:?}");
    };
    check("^abc", "", Some(("abc", true)));
    check("^abc$", "", Some(("abc", false)));
    check("^abc.*", "", Some(("abc", false)));
    check("^ab?c", "", Some(("a", false)));
    check("^(ab)c[d]", "", Some(("abcd", true)));
    check("^ab|c", "", None);
    check("^(ab|c)", "", Some(("", false)));
    check("^", "", Some(("", true)));
    check("\\Aab", "", Some(("ab", true)));
    check("^a\\.b", "", Some(("a.b", true)));
    check("^\\Qa.b\\E", "", Some(("a.b", true)));
    check("^abc", "i", Some(("", false)));
    check("^1a", "i", Some(("1", false)));
    check("^abc", "m", None);
    check("^a b", "x", Some(("ab", true)));
    check("abc", "", None);
    check("a^bc", "", None);
    check("^ü", "", Some(("ü", true)));
}

#[test]
fn faults_say_of_which_kind_they_are() {
    let check = |pattern: &str, options: &str, bytes_max: usize, kind: FaultKind, says: &str| {
        let fault = Pattern::new(pattern, options, bytes_max).expect_err(pattern);
        assert_eq!(fault.kind, kind, "{pattern}: {}", fault.what);
        assert!(fault.what.contains(says), "{pattern}: {}", fault.what);
    };
    check("(", "", BYTES_MAX, FaultKind::Invalid, "parenthesis");
    check("(?=a)", "", BYTES_MAX, FaultKind::Unsupported, "look-ahead");
    check("abc", "", 2, FaultKind::Limit, "pattern_bytes_max, 2");
    check("\\p{L}{5000}", "", BYTES_MAX, FaultKind::Limit, "compiled");
    check("a", "iz", BYTES_MAX, FaultKind::Option, "z");
    check("a\0", "", BYTES_MAX, FaultKind::Value, "null");
    check(&"(".repeat(101), "", BYTES_MAX, FaultKind::Limit, "100 deep");
}

#[test]
fn a_pattern_as_long_as_any_option_allows() {
    let long = "a".repeat(32_764);
    let pattern = Pattern::new(&long, "", 32_764).expect("a pattern");
    assert!(pattern.is_match(&long));
    assert!(!pattern.is_match(&long[1..]));
    let alternatives = vec!["ab"; 10_921].join("|");
    assert!(Pattern::new(&alternatives, "i", 32_764).expect("a pattern").is_match("xAB"));
}

#[test]
fn time_grows_with_the_text_and_no_faster() {
    let pattern = Pattern::new("^(a+)+$|(x?){30}y", "", BYTES_MAX).expect("a pattern");
    assert!(!pattern.is_match(&format!("{}!", "a".repeat(100_000))));
}

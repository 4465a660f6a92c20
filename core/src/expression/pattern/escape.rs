//! What begins with a backslash.

use regex_syntax::hir::{Class, HirKind};

use super::fault::Fault;
use super::read::Reader;
use super::tree::{Node, Set, negated, set};

/// What an escape stands for, inside a class and outside.
pub(super) enum Escape {
    Char(char),
    Set(Set),
}

const DIGIT: &[(char, char)] = &[('0', '9')];
pub(super) const WORD: &[(char, char)] = &[('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')];
pub(super) const SPACE: &[(char, char)] = &[('\t', '\r'), (' ', ' ')];
const HORIZONTAL: &[(char, char)] = &[
    ('\t', '\t'),
    (' ', ' '),
    ('\u{A0}', '\u{A0}'),
    ('\u{1680}', '\u{1680}'),
    ('\u{180E}', '\u{180E}'),
    ('\u{2000}', '\u{200A}'),
    ('\u{202F}', '\u{202F}'),
    ('\u{205F}', '\u{205F}'),
    ('\u{3000}', '\u{3000}'),
];
const VERTICAL: &[(char, char)] = &[('\n', '\r'), ('\u{85}', '\u{85}'), ('\u{2028}', '\u{2029}')];

impl Reader {
    /// What stands outside a class behind a backslash that was read.
    pub(super) fn escaped_item(&mut self) -> Result<Node, Fault> {
        match self.peek() {
            Some('A') => self.stands_for(Node::TextStart),
            Some('z') => self.stands_for(Node::TextEnd),
            Some('Z') => self.stands_for(Node::LastLineEnd),
            Some('b' | 'B') if self.unicode => Err(Fault::unsupported("\\b or \\B under (*UCP)")),
            Some('b') => self.stands_for(Node::WordBoundary(true)),
            Some('B') => self.stands_for(Node::WordBoundary(false)),
            Some('G') => Err(Fault::unsupported("\\G")),
            Some('K') => Err(Fault::unsupported("\\K")),
            Some('R') => Err(Fault::unsupported("\\R")),
            Some('X') => Err(Fault::unsupported("\\X")),
            Some('C') => Err(Fault::unsupported("\\C")),
            Some('g') => Err(Fault::unsupported("a back-reference or recursion \\g")),
            Some('k') => Err(Fault::unsupported("a back-reference \\k")),
            Some('N')
                if self.chars.get(self.at + 1) != Some(&'{') || self.counts_at(self.at + 1).is_some() =>
            {
                self.stands_for(Node::Set(negated(set(&[('\n', '\n')]))))
            }
            Some('1'..='9') if self.is_reference() => Err(Fault::unsupported("a back-reference")),
            _ => match self.escape()? {
                Escape::Char(char) => self.literal(char),
                Escape::Set(set) => Ok(Node::Set(set)),
            },
        }
    }

    fn stands_for(&mut self, node: Node) -> Result<Node, Fault> {
        self.at += 1;
        Ok(node)
    }

    /// Whether the digits here refer to a group rather than spelling a character in octal.
    fn is_reference(&self) -> bool {
        let digits: String = self.chars[self.at..].iter().take_while(|char| char.is_ascii_digit()).collect();
        let groups = self.chars.iter().filter(|char| **char == '(').count();
        digits.starts_with(['8', '9'])
            || digits.parse().is_ok_and(|number: usize| number < 10 || number <= groups)
    }

    /// What stands behind a backslash that was read, where it is a character or a set of them.
    pub(super) fn escape(&mut self) -> Result<Escape, Fault> {
        let Some(next) = self.next() else { return Err(self.fault("\\ at end of pattern")) };
        let of =
            |ranges, is_class: bool| Escape::Set(if is_class { set(ranges) } else { negated(set(ranges)) });
        Ok(match next {
            'd' | 'D' | 'w' | 'W' | 's' | 'S' if self.unicode => {
                let set = unicode_class(next.to_ascii_lowercase());
                Escape::Set(if next.is_ascii_lowercase() { set } else { negated(set) })
            }
            'd' | 'D' => of(DIGIT, next == 'd'),
            'w' | 'W' => of(WORD, next == 'w'),
            's' | 'S' => of(SPACE, next == 's'),
            'h' | 'H' => of(HORIZONTAL, next == 'h'),
            'v' | 'V' => of(VERTICAL, next == 'v'),
            'p' | 'P' => Escape::Set(self.property(next == 'P')?),
            'a' => Escape::Char('\x07'),
            'e' => Escape::Char('\x1B'),
            'f' => Escape::Char('\x0C'),
            'n' => Escape::Char('\n'),
            'r' => Escape::Char('\r'),
            't' => Escape::Char('\t'),
            'c' => Escape::Char(self.control()?),
            'x' => Escape::Char(self.hexadecimal()?),
            'o' => Escape::Char(self.braced(8)?),
            'N' if self.takes("{U+") => {
                self.at -= 1;
                self.chars[self.at] = '{';
                Escape::Char(self.braced(16)?)
            }
            '0'..='7' => {
                self.at -= 1;
                Escape::Char(self.digits(8, 3)?)
            }
            'L' | 'l' | 'U' | 'u' | 'N' => {
                return Err(self.fault("\\L, \\l, \\N{name}, \\U and \\u mean nothing in PCRE2"));
            }
            _ if next.is_ascii_alphanumeric() => {
                return Err(self.fault(&format!("unrecognized character follows \\: {next}")));
            }
            _ => Escape::Char(next),
        })
    }

    fn control(&mut self) -> Result<char, Fault> {
        match self.next() {
            Some(char @ ' '..='~') => Ok(char::from(char.to_ascii_uppercase() as u8 ^ 0x40)),
            _ => Err(self.fault("\\c must be followed by a printable ASCII character")),
        }
    }

    fn hexadecimal(&mut self) -> Result<char, Fault> {
        if self.peek() == Some('{') { self.braced(16) } else { self.digits(16, 2) }
    }

    /// At most so many digits; none are zero.
    fn digits(&mut self, base: u32, most: usize) -> Result<char, Fault> {
        let digits: String =
            self.chars[self.at..].iter().take(most).take_while(|char| char.is_digit(base)).collect();
        self.at += digits.len();
        self.scalar(if digits.is_empty() { "0" } else { &digits }, base)
    }

    fn braced(&mut self, base: u32) -> Result<char, Fault> {
        let rest = self.chars.get(self.at + 1..).unwrap_or_default();
        let close = rest.iter().position(|char| *char == '}');
        let (Some('{'), Some(close)) = (self.peek(), close) else {
            return Err(self.fault("a character's number needs { and }"));
        };
        let digits: String = rest[..close].iter().collect();
        if digits.is_empty() || !digits.chars().all(|char| char.is_digit(base)) {
            return Err(self.fault(&format!("{digits:?} is no character's number")));
        }
        self.at += close + 2;
        self.scalar(&digits, base)
    }

    fn scalar(&self, digits: &str, base: u32) -> Result<char, Fault> {
        let number = u32::from_str_radix(digits, base).ok();
        let fault = || self.fault(&format!("{digits} is beyond the characters or a surrogate"));
        number.and_then(char::from_u32).ok_or_else(fault)
    }

    /// A general category, or a script with what is shared by it.
    fn property(&mut self, negated_by_case: bool) -> Result<Set, Fault> {
        let name: String = if self.takes("{") {
            let rest = &self.chars[self.at..];
            let Some(close) = rest.iter().position(|char| *char == '}') else {
                return Err(self.fault("malformed \\P or \\p sequence"));
            };
            self.at += close + 1;
            self.chars[self.at - close - 1..self.at - 1].iter().collect()
        } else {
            self.next().map(String::from).unwrap_or_default()
        };
        let (bare, negate) = match name.strip_prefix('^') {
            Some(bare) => (bare, !negated_by_case),
            None => (name.as_str(), negated_by_case),
        };
        let found = match bare {
            "Any" => Some(negated(Set::empty())),
            "L&" => table("gc=LC"),
            "Xan" => table("gc=L").zip(table("gc=N")).map(|(letters, numbers)| united(letters, &numbers)),
            "Xps" | "Xsp" => Some(unicode_class('s')),
            "Xwd" => Some(unicode_class('w')),
            _ if !is_property_name(bare) => return Err(self.fault("malformed \\P or \\p sequence")),
            _ => named_property(bare),
        };
        let set = found.ok_or_else(|| Fault::unsupported(&format!("the property \\p{{{bare}}}")))?;
        Ok(if negate { negated(set) } else { set })
    }
}

fn is_property_name(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|char| char.is_ascii_alphanumeric() || "_ -:=".contains(char))
}

/// A general category by its short name, or a script: with the characters it shares unless `sc:` stands before it.
fn named_property(name: &str) -> Option<Set> {
    match name.split_once([':', '=']) {
        Some(("sc" | "script", script)) => table(&format!("sc={script}")),
        Some(("scx" | "scriptextensions", script)) => table(&format!("scx={script}")),
        Some(_) => None,
        None if name.len() <= 2 => table(&format!("gc={name}")),
        None => table(&format!("scx={name}")),
    }
}

/// What `\d`, `\s` and `\w` are under `(*UCP)`.
pub(super) fn unicode_class(letter: char) -> Set {
    let (properties, more): (&[&str], _) = match letter {
        'd' => (&["gc=Nd"], Set::empty()),
        's' => (&["gc=Z"], set(&[HORIZONTAL, VERTICAL].concat())),
        _ => (&["gc=L", "gc=N"], set(&[('_', '_')])),
    };
    properties.iter().filter_map(|name| table(name)).fold(more, |all, set| united(all, &set))
}

fn united(mut all: Set, more: &Set) -> Set {
    all.union(more);
    all
}

/// The characters that have a property.
pub(super) fn table(property: &str) -> Option<Set> {
    match regex_syntax::parse(&format!("\\p{{{property}}}")).ok()?.into_kind() {
        HirKind::Class(Class::Unicode(set)) => Some(set),
        _ => None,
    }
}

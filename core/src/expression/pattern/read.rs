//! Reads a pattern by PCRE2's rules.

use super::fault::Fault;
use super::tree::{Node, Set, negated, set};

/// How deep groups may nest.
const DEPTH_MAX: usize = 100;
/// How often an item may be repeated, PCRE2's own limit.
const REPEAT_MAX: u32 = 65_535;

/// The options in force.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Flags {
    /// `i`
    pub(super) caseless: bool,
    /// `m`
    pub(super) lines: bool,
    /// `s`
    pub(super) dot_all: bool,
    /// `x`
    pub(super) extended: bool,
}

pub(super) struct Reader {
    pub(super) chars: Vec<char>,
    pub(super) at: usize,
    pub(super) flags: Flags,
    /// Between `\Q` and `\E`.
    pub(super) quoting: bool,
    pub(super) names: Vec<String>,
    pub(super) same_names: bool,
    /// Whether classes are by Unicode's properties rather than ASCII.
    pub(super) unicode: bool,
    depth: usize,
}

impl Reader {
    pub(super) fn new(pattern: &str, flags: Flags) -> Self {
        Self {
            chars: pattern.chars().collect(),
            at: 0,
            flags,
            quoting: false,
            names: Vec::new(),
            same_names: false,
            unicode: false,
            depth: 0,
        }
    }

    pub(super) fn read(mut self) -> Result<Node, Fault> {
        self.verbs()?;
        let tree = self.branches()?;
        match self.peek() {
            None => Ok(tree),
            Some(_) => Err(self.fault("unmatched closing parenthesis")),
        }
    }

    /// What a group holds, up to its closing parenthesis or the end.
    pub(super) fn branches(&mut self) -> Result<Node, Fault> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(Fault::limit(format!("parentheses nest over {DEPTH_MAX} deep")));
        }
        let (mut branches, mut items) = (Vec::new(), Vec::new());
        loop {
            self.skip()?;
            match self.peek() {
                None => break,
                Some(')') if !self.quoting => break,
                Some('|') if !self.quoting => {
                    self.at += 1;
                    branches.push(Node::Concat(std::mem::take(&mut items)));
                }
                Some(next) => {
                    if let Some(item) = self.item(next)? {
                        items.push(self.repeated(item)?);
                    }
                }
            }
        }
        self.depth -= 1;
        branches.push(Node::Concat(items));
        Ok(match branches.pop() {
            Some(only) if branches.is_empty() => only,
            last => Node::Either(branches.into_iter().chain(last).collect()),
        })
    }

    /// Passes over what stands for nothing: comments, the white space of the option x, marks of quoting.
    fn skip(&mut self) -> Result<(), Fault> {
        loop {
            if self.takes("\\E") {
                self.quoting = false;
            } else if self.quoting {
                return Ok(());
            } else if self.takes("\\Q") {
                self.quoting = true;
            } else if self.takes("(?#") {
                while !self.takes(")") {
                    if self.next().is_none() {
                        return Err(self.fault("missing ) after (?# comment"));
                    }
                }
            } else if self.flags.extended && self.peek().is_some_and(is_blank) {
                self.at += 1;
            } else if self.flags.extended && self.peek() == Some('#') {
                while self.next().is_some_and(|char| char != '\n') {}
            } else {
                return Ok(());
            }
        }
    }

    /// One item; none when it only sets options.
    fn item(&mut self, next: char) -> Result<Option<Node>, Fault> {
        if !self.quoting && self.counts().is_some() {
            return Err(self.fault("quantifier does not follow a repeatable item"));
        }
        self.at += 1;
        if self.quoting {
            return self.literal(next).map(Some);
        }
        Ok(Some(match next {
            '^' if self.flags.lines => Node::LineStart,
            '^' => Node::TextStart,
            '$' if self.flags.lines => Node::LineEnd,
            '$' => Node::LastLineEnd,
            '.' if self.flags.dot_all => Node::Set(negated(Set::empty())),
            '.' => Node::Set(negated(set(&[('\n', '\n')]))),
            '[' if self.is_posix()? => {
                return Err(self.fault("POSIX named classes are supported only within a class"));
            }
            '[' => Node::Set(self.class()?),
            '(' => return self.group(),
            '\\' => self.escaped_item()?,
            _ => self.literal(next)?,
        }))
    }

    pub(super) fn literal(&self, char: char) -> Result<Node, Fault> {
        self.folded(set(&[(char, char)])).map(Node::Set)
    }

    /// The set, with the other cases of its letters when case is all the same.
    pub(super) fn folded(&self, mut set: Set) -> Result<Set, Fault> {
        if self.flags.caseless && set.try_case_fold_simple().is_err() {
            return Err(self.fault("a character has no table of cases"));
        }
        Ok(set)
    }

    fn repeated(&mut self, item: Node) -> Result<Node, Fault> {
        self.skip()?;
        let Some((min, max, len)) = (!self.quoting).then(|| self.counts()).flatten() else { return Ok(item) };
        if item.is_place() {
            return Err(self.fault("quantifier does not follow a repeatable item"));
        }
        if min > REPEAT_MAX || max.is_some_and(|max| max > REPEAT_MAX) {
            return Err(self.fault("number too big in {} quantifier"));
        }
        if max.is_some_and(|max| max < min) {
            return Err(self.fault("numbers out of order in {} quantifier"));
        }
        self.at += len;
        let behind = self.at;
        self.skip()?;
        match self.peek() {
            Some('?') if !self.quoting => self.at += 1,
            Some('+') if !self.quoting => return Err(Fault::unsupported("a possessive quantifier")),
            _ if !self.quoting => self.at = behind,
            _ => {}
        }
        Ok(Node::Repeat { node: Box::new(item), min, max })
    }

    /// The least and the greatest count of the quantifier that stands here, and its length.
    fn counts(&self) -> Option<(u32, Option<u32>, usize)> {
        self.counts_at(self.at)
    }

    pub(super) fn counts_at(&self, at: usize) -> Option<(u32, Option<u32>, usize)> {
        match self.chars.get(at)? {
            '*' => Some((0, None, 1)),
            '+' => Some((1, None, 1)),
            '?' => Some((0, Some(1), 1)),
            '{' => {
                let rest = &self.chars[at + 1..];
                let len = rest.iter().take_while(|char| char.is_ascii_digit() || **char == ',').count();
                rest.get(len).filter(|close| **close == '}')?;
                let inside: String = rest[..len].iter().collect();
                let (min, max) = match inside.split_once(',') {
                    None => (count(&inside)?, Some(count(&inside)?)),
                    Some((min, "")) => (count(min)?, None),
                    Some((min, max)) => (count(min)?, Some(count(max)?)),
                };
                Some((min, max, len + 2))
            }
            _ => None,
        }
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    pub(super) fn next(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += 1;
        Some(next)
    }

    /// Passes over `text`, when it stands here.
    pub(super) fn takes(&mut self, text: &str) -> bool {
        let len = text.chars().count();
        let here =
            self.chars.get(self.at..self.at + len).is_some_and(|here| here.iter().copied().eq(text.chars()));
        if here {
            self.at += len;
        }
        here
    }

    pub(super) fn fault(&self, what: &str) -> Fault {
        Fault::invalid(format!("{what} (at character {})", self.at))
    }
}

/// A count of digits only; one that is too large for the type is too large for the limit, too.
fn count(digits: &str) -> Option<u32> {
    let all = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    all.then(|| digits.parse().unwrap_or(u32::MAX))
}

const fn is_blank(char: char) -> bool {
    matches!(char, '\t'..='\r' | ' ' | '\u{85}' | '\u{200E}' | '\u{200F}' | '\u{2028}' | '\u{2029}')
}

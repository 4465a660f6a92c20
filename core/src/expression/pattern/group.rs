//! What begins with a parenthesis.

use super::fault::Fault;
use super::read::{Flags, Reader};
use super::tree::Node;

/// Beginnings that ask for what cannot be matched in linear time, behind the parenthesis.
const REFUSED: &[(&str, &str)] = &[
    ("?=", "look-ahead (?=…)"),
    ("?!", "negative look-ahead (?!…)"),
    ("?<=", "look-behind (?<=…)"),
    ("?<!", "negative look-behind (?<!…)"),
    ("?*", "non-atomic look-ahead (?*…)"),
    ("?<*", "non-atomic look-behind (?<*…)"),
    ("?>", "an atomic group (?>…)"),
    ("?(", "a conditional group (?(…)…)"),
    ("?P=", "a back-reference (?P=…)"),
    ("?P>", "a recursion (?P>…)"),
    ("?&", "a recursion (?&…)"),
    ("?R", "a recursion (?R)"),
    ("?+", "a recursion (?+…)"),
    ("?C", "a callout (?C…)"),
];

/// The longest name of a group, PCRE2's own limit.
const NAME_MAX: usize = 32;

impl Reader {
    /// What stands behind a parenthesis that was read; none when it only sets options.
    pub(super) fn group(&mut self) -> Result<Option<Node>, Fault> {
        if let Some((_, name)) = REFUSED.iter().find(|(text, _)| self.begins(text)) {
            return Err(Fault::unsupported(name));
        }
        if self.peek() == Some('*') && self.chars.get(self.at + 1).is_some_and(|next| is_verb(*next)) {
            return Err(Fault::unsupported("a verb or an alphabetic assertion (*…)"));
        }
        let outside = self.flags;
        if !self.takes("?") || self.takes(":") || self.takes("|") {
            return self.inside(outside).map(Some);
        }
        let close = match () {
            () if self.takes("P<") || self.takes("<") => '>',
            () if self.takes("'") => '\'',
            () => return self.options(outside),
        };
        self.name(close)?;
        self.inside(outside).map(Some)
    }

    fn begins(&self, text: &str) -> bool {
        text.chars().enumerate().all(|(offset, char)| self.chars.get(self.at + offset) == Some(&char))
    }

    fn inside(&mut self, outside: Flags) -> Result<Node, Fault> {
        let node = self.branches()?;
        if !self.takes(")") {
            return Err(self.fault("missing closing parenthesis"));
        }
        self.flags = outside;
        Ok(node)
    }

    fn name(&mut self, close: char) -> Result<(), Fault> {
        let rest = &self.chars[self.at..];
        let len = rest.iter().position(|char| *char == close);
        let name: String = rest[..len.unwrap_or(0)].iter().collect();
        let is_word = |char: char| char == '_' || char.is_alphanumeric();
        let starts = name.chars().next().is_some_and(|char| !char.is_numeric());
        if !starts || !name.chars().all(is_word) || name.chars().count() > NAME_MAX {
            return Err(self.fault(&format!("bad name of a group: {name:?}")));
        }
        if self.names.contains(&name) && !self.same_names {
            return Err(self.fault(&format!("two groups have the same name: {name:?}")));
        }
        self.at += name.chars().count() + 1;
        self.names.push(name);
        Ok(())
    }

    /// `(?i-m)` and `(?i-m:…)`, from behind the question mark.
    fn options(&mut self, outside: Flags) -> Result<Option<Node>, Fault> {
        if self.takes("^") {
            self.flags = Flags::default();
        }
        let mut on = true;
        loop {
            match self.next() {
                Some('i') => self.flags.caseless = on,
                Some('m') => self.flags.lines = on,
                Some('s') => self.flags.dot_all = on,
                Some('x') if self.peek() == Some('x') => {
                    return Err(Fault::unsupported("the option (?xx)"));
                }
                Some('x') => self.flags.extended = on,
                Some('J') => self.same_names = on,
                // Greedy or lazy, captured or not: the same texts match.
                Some('U' | 'n') => {}
                Some('-') if on && !self.peek().is_some_and(|next| next.is_ascii_digit()) => on = false,
                Some('0'..='9' | '-') => return Err(Fault::unsupported("a recursion (?1)")),
                Some(')') => return Ok(None),
                Some(':') => return self.inside(outside).map(Some),
                _ => return Err(self.fault("unrecognized character after (? or (?-")),
            }
        }
    }
}

/// Whether a parenthesis and a star begin a verb rather than repeat nothing.
const fn is_verb(next: char) -> bool {
    next.is_ascii_alphabetic() || next == ':'
}

//! What stands in square brackets.

use super::escape::{Escape, SPACE, WORD, unicode_class};
use super::fault::Fault;
use super::read::Reader;
use super::tree::{Set, negated, set};

const PUNCTUATION: &[(char, char)] = &[('!', '/'), (':', '@'), ('[', '`'), ('{', '~')];

impl Reader {
    /// A class, from behind its opening bracket.
    pub(super) fn class(&mut self) -> Result<Set, Fault> {
        let negate = self.takes("^");
        let (mut letters, mut sets) = (Set::empty(), Set::empty());
        let mut first = true;
        loop {
            self.skip_quotes();
            if !first && !self.quoting && self.takes("]") {
                break;
            }
            match self.member()? {
                Escape::Char(start) => letters.union(&set(&[(start, self.range_end(start)?)])),
                Escape::Set(_) if self.is_hyphen_before_more() => {
                    return Err(self.fault("invalid range in character class"));
                }
                Escape::Set(more) => sets.union(&more),
            }
            first = false;
        }
        let mut class = self.folded(letters)?;
        class.union(&sets);
        Ok(if negate { negated(class) } else { class })
    }

    fn skip_quotes(&mut self) {
        loop {
            if self.takes("\\E") {
                self.quoting = false;
            } else if !self.quoting && self.takes("\\Q") {
                self.quoting = true;
            } else {
                return;
            }
        }
    }

    fn is_hyphen_before_more(&self) -> bool {
        !self.quoting && self.peek() == Some('-') && self.chars.get(self.at + 1) != Some(&']')
    }

    /// Where the range that begins with `start` ends: there, when it is no range.
    fn range_end(&mut self, start: char) -> Result<char, Fault> {
        self.skip_quotes();
        if !self.is_hyphen_before_more() {
            return Ok(start);
        }
        self.at += 1;
        self.skip_quotes();
        match self.member()? {
            Escape::Char(end) if start <= end => Ok(end),
            Escape::Char(_) => Err(self.fault("range out of order in character class")),
            Escape::Set(_) => Err(self.fault("invalid range in character class")),
        }
    }

    fn member(&mut self) -> Result<Escape, Fault> {
        let posix = if self.quoting { None } else { self.posix()? };
        if let Some(set) = posix {
            return Ok(Escape::Set(set));
        }
        match self.next() {
            None => Err(self.fault("missing terminating ] for character class")),
            Some('\\') if !self.quoting => match self.peek() {
                Some('b') => {
                    self.at += 1;
                    Ok(Escape::Char('\x08'))
                }
                Some(char @ ('B' | 'R' | 'X' | 'N'))
                    if !(char == 'N' && self.chars.get(self.at + 1) == Some(&'{')) =>
                {
                    Err(self.fault(&format!("\\{char} is not allowed in a character class")))
                }
                _ => self.escape(),
            },
            Some(char) => Ok(Escape::Char(char)),
        }
    }

    /// Whether the bracket that was read begins `[:alpha:]` or its kin.
    pub(super) fn is_posix(&mut self) -> Result<bool, Fault> {
        let behind = self.at;
        self.at -= 1;
        let found = self.posix()?.is_some();
        self.at = behind;
        Ok(found)
    }

    /// `[:alpha:]` and its kin, when one stands here.
    fn posix(&mut self) -> Result<Option<Set>, Fault> {
        let rest = &self.chars[self.at..];
        let ['[', mark @ (':' | '.' | '='), inside @ ..] = rest else { return Ok(None) };
        let len = inside.iter().position(|char| matches!(char, ']' | '\\' | '[')).unwrap_or(0);
        let (Some(len), Some(']')) = (len.checked_sub(1), inside.get(len)) else { return Ok(None) };
        if inside[len] != *mark {
            return Ok(None);
        }
        if *mark != ':' {
            return Err(self.fault("POSIX collating elements are not supported"));
        }
        let name: String = inside[..len].iter().collect();
        let (bare, negate) = match name.strip_prefix('^') {
            Some(bare) => (bare, true),
            None => (name.as_str(), false),
        };
        let Some(ranges) = posix_ranges(bare, self.flags.caseless) else {
            return Err(self.fault(&format!("unknown POSIX class name: {bare:?}")));
        };
        self.at += len + 4;
        let set = match bare {
            _ if !self.unicode => set(ranges),
            "digit" => unicode_class('d'),
            "space" => unicode_class('s'),
            "word" => unicode_class('w'),
            "ascii" | "xdigit" => set(ranges),
            _ => return Err(Fault::unsupported(&format!("[:{bare}:] under (*UCP)"))),
        };
        Ok(Some(if negate { negated(set) } else { set }))
    }
}

fn posix_ranges(name: &str, caseless: bool) -> Option<&'static [(char, char)]> {
    Some(match name {
        "alpha" => &[('A', 'Z'), ('a', 'z')],
        "lower" | "upper" if caseless => &[('A', 'Z'), ('a', 'z')],
        "lower" => &[('a', 'z')],
        "upper" => &[('A', 'Z')],
        "alnum" => &[('0', '9'), ('A', 'Z'), ('a', 'z')],
        "ascii" => &[('\0', '\x7F')],
        "blank" => &[('\t', '\t'), (' ', ' ')],
        "cntrl" => &[('\0', '\x1F'), ('\x7F', '\x7F')],
        "digit" => &[('0', '9')],
        "graph" => &[('!', '~')],
        "print" => &[(' ', '~')],
        "punct" => PUNCTUATION,
        "space" => SPACE,
        "word" => WORD,
        "xdigit" => &[('0', '9'), ('A', 'F'), ('a', 'f')],
        _ => return None,
    })
}

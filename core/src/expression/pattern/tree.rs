//! A pattern, taken apart.

use regex_syntax::hir::{ClassUnicode, ClassUnicodeRange};

/// A set of characters.
pub(super) type Set = ClassUnicode;

#[derive(Debug, Clone)]
pub(super) enum Node {
    /// One character of a set.
    Set(Set),
    /// The beginning of the text.
    TextStart,
    /// The beginning of a line: of the text, or after a newline that is not the text's last character.
    LineStart,
    /// The end of the text.
    TextEnd,
    /// The end of the text, or before a newline that is the text's last character.
    LastLineEnd,
    /// The end of any line.
    LineEnd,
    /// Between a word's character and another, or not there.
    WordBoundary(bool),
    Concat(Vec<Node>),
    Either(Vec<Node>),
    Repeat {
        node: Box<Node>,
        min: u32,
        max: Option<u32>,
    },
}

impl Node {
    /// Whether it stands for a place between characters.
    pub(super) fn is_place(&self) -> bool {
        matches!(
            self,
            Node::TextStart
                | Node::LineStart
                | Node::TextEnd
                | Node::LastLineEnd
                | Node::LineEnd
                | Node::WordBoundary(_)
        )
    }

    /// Whether the beginning of a line is asked for somewhere in it.
    pub(super) fn asks_for_line_start(&self) -> bool {
        match self {
            Node::LineStart => true,
            Node::Concat(nodes) | Node::Either(nodes) => nodes.iter().any(Node::asks_for_line_start),
            Node::Repeat { node, .. } => node.asks_for_line_start(),
            _ => false,
        }
    }

    /// Whether every match of it takes at least one character.
    pub(super) fn consumes(&self) -> bool {
        match self {
            Node::Set(_) => true,
            Node::Concat(nodes) => nodes.iter().any(Node::consumes),
            Node::Either(nodes) => nodes.iter().all(Node::consumes),
            Node::Repeat { node, min, .. } => *min > 0 && node.consumes(),
            _ => false,
        }
    }
}

pub(super) fn set(ranges: &[(char, char)]) -> Set {
    Set::new(ranges.iter().map(|(start, end)| ClassUnicodeRange::new(*start, *end)))
}

pub(super) fn negated(mut set: Set) -> Set {
    set.negate();
    set
}

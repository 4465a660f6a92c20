//! How a text must begin to match a pattern.

use super::tree::{Node, Set};

/// What every text that matches begins with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Prefix {
    pub(crate) text: String,
    /// Whether every text that begins so matches.
    pub(crate) is_all: bool,
}

/// The characters that a pattern demands right behind the beginning of the text, if it is held there.
pub(super) fn of(tree: &Node) -> Option<Prefix> {
    let mut nodes = Vec::new();
    flatten(tree, &mut nodes);
    let (first, rest) = nodes.split_first()?;
    if !matches!(first, Node::TextStart) {
        return None;
    }
    let mut text = String::new();
    for node in rest {
        match node {
            Node::Set(set) => match only_char(set) {
                Some(char) => text.push(char),
                None => return Some(Prefix { text, is_all: false }),
            },
            _ => return Some(Prefix { text, is_all: false }),
        }
    }
    Some(Prefix { text, is_all: true })
}

fn flatten<'t>(node: &'t Node, nodes: &mut Vec<&'t Node>) {
    match node {
        Node::Concat(inner) => inner.iter().for_each(|node| flatten(node, nodes)),
        other => nodes.push(other),
    }
}

fn only_char(set: &Set) -> Option<char> {
    match set.ranges() {
        [only] if only.start() == only.end() => Some(only.start()),
        _ => None,
    }
}

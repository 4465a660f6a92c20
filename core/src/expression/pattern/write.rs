//! From the tree to the engine's own language.

use std::fmt::Write as _;

use super::fault::Fault;
use super::tree::{Node, Set};

/// The tree as the engine reads it; a text has a match of the one exactly when it has a match of the other.
pub(super) fn written(tree: &Node) -> Result<String, Fault> {
    let mut out = String::new();
    write(tree, After { end: true, nothing: true, consumes: false }, &mut out)?;
    Ok(out)
}

/// What follows a node in every match.
#[derive(Clone, Copy)]
struct After {
    /// Nothing at all.
    end: bool,
    /// Nothing but the end of the last line.
    nothing: bool,
    /// At least one character.
    consumes: bool,
}

impl After {
    /// What follows a node behind which `rest` and then this stand.
    fn behind(self, rest: &[Node]) -> Self {
        Self {
            end: self.end && rest.is_empty(),
            nothing: self.nothing && rest.iter().all(|node| matches!(node, Node::LastLineEnd)),
            consumes: self.consumes || rest.iter().any(Node::consumes),
        }
    }
}

fn write(node: &Node, after: After, out: &mut String) -> Result<(), Fault> {
    match node {
        Node::Set(set) => write_set(set, out),
        Node::TextStart => out.push_str(r"\A"),
        // The engine's line start holds at the end of a text that ends with a newline, too; what takes a character
        // cannot follow there.
        Node::LineStart if after.consumes => out.push_str("(?m:^)"),
        Node::LineStart => {
            return Err(Fault::unsupported("a ^ of the option m that nothing or an empty match may follow"));
        }
        Node::TextEnd => out.push_str(r"\z"),
        // The engine cannot look ahead, but may take the newline when nothing else asks for it.
        Node::LastLineEnd if after.nothing => out.push_str(r"(?:\n?\z)"),
        Node::LastLineEnd => {
            return Err(Fault::unsupported("a $ or \\Z before the end of the pattern, without the option m"));
        }
        Node::LineEnd => out.push_str("(?m:$)"),
        Node::WordBoundary(true) => out.push_str(r"(?-u:\b)"),
        Node::WordBoundary(false) => out.push_str(r"(?-u:\B)"),
        Node::Concat(nodes) => {
            for (at, node) in nodes.iter().enumerate() {
                let (rest, outside) = (&nodes[at + 1..], after);
                let after = outside.behind(rest);
                if matches!(node, Node::LineStart) && !after.consumes && outside.end {
                    return write_last_line_start(rest, out);
                }
                write(node, after, out)?;
            }
        }
        Node::Either(nodes) => {
            out.push_str("(?:");
            for (at, node) in nodes.iter().enumerate() {
                if at > 0 {
                    out.push('|');
                }
                write(node, after, out)?;
            }
            out.push(')');
        }
        Node::Repeat { node, min, max } => {
            let once = max.is_some_and(|max| max <= 1);
            out.push_str("(?:");
            let inside = After { end: after.end && once, nothing: after.nothing && once, ..after };
            write(node, inside, out)?;
            match max {
                Some(max) => write!(out, "){{{min},{max}}}"),
                None => write!(out, "){{{min},}}"),
            }
            .map_err(|error| Fault::invalid(error.to_string()))?;
        }
    }
    Ok(())
}

/// The beginning of a line, before nodes that may all be empty and end the pattern.
///
/// The engine's line start also holds at the end of a text behind its last newline, where PCRE2's does not. So it is
/// written with what proves that the text goes on: a node of the rest that takes a character, or any character behind
/// the rest; or it is the beginning of the text.
fn write_last_line_start(rest: &[Node], out: &mut String) -> Result<(), Fault> {
    // The rest is written several times, so what would write itself several times again has no place in it.
    if !rest.iter().all(|node| node.is_place() || is_plain_repeat(node)) {
        return Err(Fault::unsupported("a ^ of the option m before what may be empty in several ways"));
    }
    let end = After { end: true, nothing: true, consumes: false };
    let write_all = |nodes: &[Node], out: &mut String| {
        nodes.iter().enumerate().try_for_each(|(at, node)| write(node, end.behind(&nodes[at + 1..]), out))
    };
    out.push_str(r"(?:\A");
    write_all(rest, out)?;
    out.push_str("|(?m:^)");
    write_all(rest, out)?;
    out.push_str("(?s:.)");
    for (at, node) in rest.iter().enumerate() {
        match node {
            Node::LastLineEnd => {
                out.push_str("|(?m:^)");
                write_all(&rest[..at], out)?;
                out.push_str(r"\n\z");
            }
            Node::Repeat { node, min, max } if *max != Some(0) => {
                let grown = Node::Repeat { node: node.clone(), min: (*min).max(1), max: *max };
                out.push_str("|(?m:^)");
                write_all(&rest[..at], out)?;
                write(&grown, end.behind(&rest[at + 1..]), out)?;
                write_all(&rest[at + 1..], out)?;
            }
            _ => {}
        }
    }
    out.push(')');
    Ok(())
}

/// Whether each time of a repetition takes a character, and none asks for the beginning of a line.
fn is_plain_repeat(node: &Node) -> bool {
    matches!(node, Node::Repeat { node, .. } if node.consumes() && !node.asks_for_line_start())
}

fn write_set(set: &Set, out: &mut String) {
    let scalar = |out: &mut String, of: char| {
        // Writing to a string cannot fail.
        let _ = write!(out, "\\x{{{:X}}}", u32::from(of));
    };
    match set.ranges() {
        [] => out.push_str(r"[^\x{0}-\x{10FFFF}]"),
        [one] if one.start() == one.end() => scalar(out, one.start()),
        ranges => {
            out.push('[');
            for range in ranges {
                scalar(out, range.start());
                out.push('-');
                scalar(out, range.end());
            }
            out.push(']');
        }
    }
}

//! The text of a plan.

use std::fmt::Write;

use super::node::Node;

/// The plan as text, a line for each node, the source last.
pub(crate) fn show(node: &Node) -> String {
    let mut text = String::new();
    let mut depth = 0;
    let mut next = Some(node);
    while let Some(node) = next {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{:width$}{}", "", line(node), width = depth * 2);
        depth += 1;
        next = node.input();
    }
    text
}

fn line(node: &Node) -> String {
    match node {
        Node::Records => "records".to_owned(),
        Node::Ids { keys, direction } => format!("ids: {} keys, {direction:?}", keys.len()),
        Node::IdRange { range, direction } => format!("id range: {range:02x?}, {direction:?}"),
        Node::Index(scan) => {
            format!("index {}: {} ranges, {:?}", scan.index.spec.name, scan.ranges.len(), scan.direction)
        }
        Node::Listed { records } => format!("listed: {} records", records.len()),
        Node::Filter { filter, .. } => format!("filter: {:?}", filter.root()),
        Node::Sort { sort, keep: None, .. } => format!("sort: {:?}", sort.fields()),
        Node::Sort { sort, keep: Some(keep), .. } => format!("sort: {:?}, first {keep}", sort.fields()),
        Node::Window { skip, limit: None, .. } => format!("window: skip {skip}"),
        Node::Window { skip, limit: Some(limit), .. } => format!("window: skip {skip}, limit {limit}"),
        Node::Project { projection, .. } => format!("project: {projection:?}"),
    }
}
